using System;
using System.Buffers.Binary;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Tests.EndToEnd.Kdump;

/// <summary>
/// The page structs of a full dump, to tell what kind of page one is. Written for tests, apart from the filter that they
/// judge: SPARSEMEM_EXTREME only (Linux: include/linux/mmzone.h, page-flags.h).
/// </summary>
public sealed class PageStructs
{
    private const int PageStructBytes = 64;
    private const int MostOrder = 10;

    // struct mem_section's section_mem_map has flags in its low bits; mem_maps begin on pages.
    private const ulong MapMask = ~0xFFFUL;

    private readonly CrashedKernel _kernel;
    private readonly ulong _roots;
    private readonly ulong _sectionBytes;
    private readonly int _sectionBits;
    private readonly byte[] _page = new byte[PageStructBytes];
    private ulong _address;

    /// <summary>Page structs of a kernel, found by its VMCOREINFO.</summary>
    public PageStructs(CrashedKernel kernel)
    {
        _kernel = kernel;
        _ = Info.TryGetSymbol("mem_section"u8, out _roots);
        _ = Info.TryGetSize("mem_section"u8, out _sectionBytes);
        _ = Info.TryGetConstant("SECTION_SIZE_BITS"u8, out ulong bits);
        _sectionBits = (int)bits - 12;
    }

    private VmcoreInfo Info => _kernel.Info.Fields;

    /// <summary>
    /// What kind of page one is: "buddy", "anonymous", "cache", "slab" and so on; "other" is what Linux uses itself.
    /// </summary>
    public string KindOf(ulong pfn)
    {
        string kind = OwnKindOf(pfn);
        if (kind == "tail")
        {
            ulong behind = _address - (Number("page.compound_head"u8) - 1);
            return OwnKindOf(pfn - (behind / PageStructBytes));
        }
        // Of a free block only the first page says so, and private has its order.
        for (int order = 1; kind == "other" && order <= MostOrder; order++)
        {
            ulong head = pfn & ~((1UL << order) - 1);
            if (head != pfn && OwnKindOf(head) == "buddy" && Number("page.private"u8) >= (ulong)order)
            {
                return "buddy";
            }
        }
        return kind;
    }

    // By its page struct alone.
    private string OwnKindOf(ulong pfn)
    {
        if (!TryRead(pfn))
        {
            return "no page struct";
        }
        ulong flags = Number("page.flags"u8);
        ulong mapping = Number("page.mapping"u8);
        uint type = (uint)Number("page._mapcount"u8);
        string kind = IsType(type, "PAGE_BUDDY_MAPCOUNT_VALUE"u8) ? "buddy"
            : IsType(type, "PAGE_OFFLINE_MAPCOUNT_VALUE"u8) ? "offline"
            : IsType(type, "PAGE_HUGETLB_MAPCOUNT_VALUE"u8) ? "hugetlb"
            : IsType(type, "PAGE_SLAB_MAPCOUNT_VALUE"u8) || Has(flags, "PG_slab"u8) ? "slab"
            : (mapping & 1) != 0 ? "anonymous"
            : Has(flags, "PG_lru"u8) || Has(flags, "PG_swapcache"u8) ? "cache"
            : (Number("page.compound_head"u8) & 1) != 0 ? "tail"
            : "other";
        return kind is "cache" && (Has(flags, "PG_private"u8) || Has(flags, "PG_swapbacked"u8)) ? "private cache" : kind;
    }

    /// <summary>The fields of a page struct that filters look at, as text.</summary>
    public string Describe(ulong pfn)
    {
        string kind = KindOf(pfn);
        return !TryRead(pfn) ? "no page struct"
            : $"{kind}: flags 0x{Number("page.flags"u8):x}, _mapcount 0x{(uint)Number("page._mapcount"u8):x}, "
                + $"mapping 0x{Number("page.mapping"u8):x}, private 0x{Number("page.private"u8):x}, "
                + $"_refcount {(uint)Number("page._refcount"u8)}, compound_head 0x{Number("page.compound_head"u8):x}";
    }

    private bool TryRead(ulong pfn)
    {
        ulong section = pfn >> _sectionBits;
        ulong perRoot = Limits.PageBytes / Math.Max(_sectionBytes, 1);
        return _sectionBytes != 0
            && _kernel.Memory.ReadUInt64(_roots + (section / perRoot * sizeof(ulong)), out ulong root) == Status.Ok
            && root != 0
            && _kernel.Memory.ReadUInt64(root + (section % perRoot * _sectionBytes), out ulong map) == Status.Ok
            && (map & MapMask) != 0
            && _kernel.Memory.Read(_address = unchecked((map & MapMask) + (pfn * PageStructBytes)), _page) == Status.Ok;
    }

    private ulong Number(ReadOnlySpan<byte> member) =>
        Info.TryGetOffset(member, out ulong at) == Status.Ok && at <= PageStructBytes - sizeof(ulong)
            ? BinaryPrimitives.ReadUInt64LittleEndian(_page.AsSpan((int)at))
            : 0;

    private bool Has(ulong flags, ReadOnlySpan<byte> name) =>
        Info.TryGetConstant(name, out ulong bit) == Status.Ok && bit < 64 && (flags & (1UL << (int)bit)) != 0;

    // Since Linux 6.11 the type is a number in the upper byte (commit 4ffca5a96678); before, bits that are cleared.
    private bool IsType(uint type, ReadOnlySpan<byte> name) =>
        Info.TryGetConstant(name, out ulong value) == Status.Ok
        && (type == (uint)value || ((type >> 24) == ((uint)value >> 24) && type >> 24 is >= 0xF0 and < 0xFF));
}
