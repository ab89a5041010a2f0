using System;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Filter;

/// <summary>
/// Where the crashed kernel's page structs lie: SPARSEMEM_EXTREME, a table of tables of sections (Linux: mm/sparse.c,
/// include/linux/mmzone.h). Each section tells the virtual address of the page structs of its pages.
/// </summary>
public struct MemoryMap
{
    private const ulong SectionPresent = 1;
    private const ulong SectionHasMemoryMap = 2;

    // SECTION_MAP_LAST_BIT is at most 6; page structs begin at a page boundary.
    private const ulong FlagMask = 0x3F;
    private const ulong NoSection = ulong.MaxValue;

    private ulong _roots;
    private ulong _rootCount;
    private ulong _sectionBytes;
    private ulong _mapOffset;
    private ulong _pageBytes;
    private int _sectionShift;
    private ulong _cachedSection;
    private ulong _cachedMap;

    /// <summary>Pages of a section.</summary>
    public readonly ulong PagesPerSection => 1UL << _sectionShift;

    /// <summary>Finds the tables by VMCOREINFO; <see cref="Status.VmcoreInfoIncomplete"/>.</summary>
    public static Status Open(scoped in VmcoreInfo info, out MemoryMap map)
    {
        map = default;
        map._cachedSection = NoSection;
        if (info.TryGetSymbol("mem_section"u8, out map._roots) != Status.Ok
            || info.TryGetLength("mem_section"u8, out map._rootCount) != Status.Ok
            || info.TryGetSize("mem_section"u8, out map._sectionBytes) != Status.Ok
            || info.TryGetOffset("mem_section.section_mem_map"u8, out map._mapOffset) != Status.Ok
            || info.TryGetConstant("SECTION_SIZE_BITS"u8, out ulong sectionBits) != Status.Ok
            || info.TryGetSize("page"u8, out map._pageBytes) != Status.Ok)
        {
            return Status.VmcoreInfoIncomplete;
        }
        bool isSane = sectionBits is >= 20 and <= 40
            && map._sectionBytes is >= 8 and <= Limits.PageBytes
            && map._mapOffset <= map._sectionBytes - 8
            && map._pageBytes is >= 32 and <= 256;
        map._sectionShift = (int)sectionBits - 12;
        return isSane ? Status.Ok : Status.VmcoreInfoIncomplete;
    }

    /// <summary>
    /// Virtual address of the page struct of a page. <see cref="Status.NoPageStruct"/>: its section has none; and why
    /// the tables could not be read.
    /// </summary>
    public Status Find<TMemory>(ref TMemory memory, ref KernelPaging paging, ulong pfn, out ulong address)
        where TMemory : struct, IPhysicalMemory
    {
        address = 0;
        ulong section = pfn >> _sectionShift;
        if (section != _cachedSection)
        {
            Status status = ReadSection(ref memory, ref paging, section, out ulong map);
            if (status != Status.Ok)
            {
                return status;
            }
            _cachedSection = section;
            _cachedMap = map;
        }
        // Linux stores the address less that of the section's first page number: sparse_encode_mem_map.
        address = _cachedMap + (pfn * _pageBytes);
        return Status.Ok;
    }

    private readonly Status ReadSection<TMemory>(
        ref TMemory memory, ref KernelPaging paging, ulong section, out ulong map)
        where TMemory : struct, IPhysicalMemory
    {
        map = 0;
        ulong perRoot = Limits.PageBytes / _sectionBytes;
        ulong root = section / perRoot;
        if (root >= _rootCount)
        {
            return Status.NoPageStruct;
        }
        Status status = paging.Read(ref memory, _roots + (root * 8), out ulong table);
        if (status != Status.Ok || table == 0)
        {
            return status == Status.Ok ? Status.NoPageStruct : status;
        }
        ulong at = table + (section % perRoot * _sectionBytes) + _mapOffset;
        status = paging.Read(ref memory, at, out ulong coded);
        if (status != Status.Ok)
        {
            return status;
        }
        map = coded & ~FlagMask;
        const ulong Needed = SectionPresent | SectionHasMemoryMap;
        return (coded & Needed) == Needed && map != 0 ? Status.Ok : Status.NoPageStruct;
    }
}
