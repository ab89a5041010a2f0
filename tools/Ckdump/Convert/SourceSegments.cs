using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>
/// The PT_LOADs that the elfcorehdr of a dump's kernel had: physical memory, and where it was mapped.
/// </summary>
public static class SourceSegments
{
    private const ulong LargestImageBytes = 1UL << 30;
    private const ulong DirectMapAlignment = 1UL << 30;
    private const uint AllRights = 7;

    /// <summary>Physical memory alone, for a dump that tells no virtual addresses.</summary>
    public static IReadOnlyList<ProgramHeader> Physical(VmcoreFile vmcore) =>
        PhysicalAt(vmcore, 0);

    /// <summary>Those of an ELF dump, or what VMCOREINFO and the page tables of another dump tell.</summary>
    public static IReadOnlyList<ProgramHeader> Mapped(VmcoreFile vmcore) =>
        vmcore is ElfVmcore elf ? Joined(elf) : ByPageTables(vmcore);

    // A filter has cut them where it left pages out: pieces that follow each other become one again.
    private static List<ProgramHeader> Joined(ElfVmcore elf)
    {
        List<ProgramHeader> joined = [];
        foreach (ProgramHeader header in elf.Segments)
        {
            ProgramHeader segment = header;
            segment.MemoryBytes = Math.Max(header.MemoryBytes, header.FileBytes);
            if (joined.Count != 0
                && joined[^1].PhysicalAddress + joined[^1].MemoryBytes == segment.PhysicalAddress
                && joined[^1].VirtualAddress + joined[^1].MemoryBytes == segment.VirtualAddress
                && IsPage(segment.PhysicalAddress))
            {
                segment.VirtualAddress = joined[^1].VirtualAddress;
                segment.PhysicalAddress = joined[^1].PhysicalAddress;
                segment.MemoryBytes += joined[^1].MemoryBytes;
                joined.RemoveAt(joined.Count - 1);
            }
            joined.Add(segment);
        }
        return joined;
    }

    private static List<ProgramHeader> ByPageTables(VmcoreFile vmcore)
    {
        var memory = new DumpMemory(vmcore, null);
        VmcoreInfo info = VmcoreInfoText.Read(vmcore).Fields;
        List<ProgramHeader> segments = [];
        ulong map = 0;
        if (KernelPaging.Open(in info, out KernelPaging paging) == Status.Ok)
        {
            if (info.TryGetSymbol("_stext"u8, out ulong text) == Status.Ok
                && Text(vmcore, ref memory, ref paging, text & ~(Limits.PageBytes - 1UL)) is ProgramHeader image)
            {
                segments.Add(image);
            }
            // The table of sections was allocated from the direct map (Linux: sparse_init in mm/sparse.c).
            if (info.TryGetSymbol("mem_section"u8, out ulong table) == Status.Ok
                && paging.Translate(ref memory, table, out ulong physical, out _) == Status.Ok
                && (table - physical) % DirectMapAlignment == 0)
            {
                map = table - physical;
            }
        }
        segments.AddRange(PhysicalAt(vmcore, map));
        return segments;
    }

    // Mapped from a virtual address on, if it is not 0.
    private static List<ProgramHeader> PhysicalAt(VmcoreFile vmcore, ulong map)
    {
        List<ProgramHeader> segments = [];
        foreach (AddressRange range in vmcore.PhysicalRanges)
        {
            segments.Add(Segment(range.Start, map == 0 ? 0 : map + range.Start, range.End - range.Start));
        }
        return segments;
    }

    // As far as the image is mapped in one piece, and lies in memory.
    private static ProgramHeader? Text(VmcoreFile vmcore, ref DumpMemory memory, ref KernelPaging paging, ulong start)
    {
        if (paging.Translate(ref memory, start, out ulong first, out ulong length) != Status.Ok)
        {
            return null;
        }
        while (length < LargestImageBytes
            && paging.Translate(ref memory, start + length, out ulong physical, out ulong more) == Status.Ok
            && physical == first + length)
        {
            length += more;
        }
        AddressRange around = vmcore.PhysicalRanges.FirstOrDefault(range => range.Start <= first && first < range.End);
        return around.End > first ? Segment(first, start, Math.Min(length, around.End - first)) : null;
    }

    private static bool IsPage(ulong address) => address % Limits.PageBytes == 0;

    private static ProgramHeader Segment(ulong physical, ulong virtualAddress, ulong length) => new()
    {
        Type = ProgramHeader.TypeLoad,
        Flags = AllRights,
        PhysicalAddress = physical,
        VirtualAddress = virtualAddress,
        MemoryBytes = length,
    };
}
