using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Ranges;

/// <summary>Fills the range table from the PT_LOADs and reports what is wrong with them.</summary>
public static class SegmentSurvey
{
    /// <summary>
    /// Walks all program headers once, and once more for the kernel's text mapping, which lies in memory that other
    /// segments describe too and is no overlap then. Nothing that is wrong stops the walk.
    /// </summary>
    public static void Run<TMemory, TConsole>(
        ref TMemory memory,
        ref TConsole console,
        in ElfCoreHeader header,
        ref RangeTable table)
        where TMemory : struct, IPhysicalMemory
        where TConsole : struct, IConsole
    {
        SegmentReport report = default;
        SegmentFilter filter = default;
        ulong previous = 0;
        bool hasText = false;
        for (uint i = 0; i < header.Count; i++)
        {
            Status status = header.TryGet(ref memory, i, out ProgramHeader segment);
            if (status == Status.Ok && segment.Type != ProgramHeader.TypeLoad)
            {
                continue;
            }
            status = status == Status.Ok ? filter.Judge(ref memory, in segment) : status;
            if (status != Status.Ok)
            {
                report.Tell(ref console, status, i, in segment);
                continue;
            }
            if (IsUnaligned(in segment))
            {
                report.Tell(ref console, Status.SegmentUnaligned, i, in segment);
            }
            if (IsKernelText(in segment, header.Is64))
            {
                hasText = true;
                continue;
            }
            if (segment.PhysicalAddress < previous)
            {
                report.Tell(ref console, Status.SegmentsUnordered, i, in segment);
            }
            previous = segment.PhysicalAddress;
            Add(ref console, ref table, ref report, i, in segment);
        }
        if (hasText)
        {
            AddKernelText(ref memory, ref console, in header, ref table, ref report);
        }
        report.TellRest(ref console);
    }

    private static void AddKernelText<TMemory, TConsole>(
        ref TMemory memory,
        ref TConsole console,
        in ElfCoreHeader header,
        ref RangeTable table,
        ref SegmentReport report)
        where TMemory : struct, IPhysicalMemory
        where TConsole : struct, IConsole
    {
        SegmentFilter filter = default;
        for (uint i = 0; i < header.Count; i++)
        {
            if (header.TryGet(ref memory, i, out ProgramHeader segment) != Status.Ok
                || segment.Type != ProgramHeader.TypeLoad
                || filter.Judge(ref memory, in segment) != Status.Ok
                || !IsKernelText(in segment, header.Is64))
            {
                continue;
            }
            if (!table.Contains(PhysicalRange.Covering(segment.PhysicalAddress, segment.MemoryBytes)))
            {
                Add(ref console, ref table, ref report, i, in segment);
            }
        }
    }

    private static void Add<TConsole>(
        ref TConsole console,
        ref RangeTable table,
        ref SegmentReport report,
        uint index,
        in ProgramHeader segment)
        where TConsole : struct, IConsole
    {
        PhysicalRange range = PhysicalRange.Covering(segment.PhysicalAddress, segment.MemoryBytes);
        Status status = table.Add(in range);
        if (status != Status.Ok)
        {
            report.Tell(ref console, status, index, in segment);
        }
    }

    // The end need not be aligned: conventional memory often ends at 0x9FC00.
    private static bool IsUnaligned(in ProgramHeader segment) =>
        ((segment.PhysicalAddress | segment.Offset) & (Limits.PageBytes - 1)) != 0;

    // Linux maps its text and data a second time from __START_KERNEL_map, 0xffffffff80000000 (Documentation/arch/x86/
    // x86_64/mm.rst). kexec-tools cuts that to 32 bits for ELF32, where direct-mapped memory keeps p_vaddr == p_paddr.
    private static bool IsKernelText(in ProgramHeader segment, bool is64) => is64
        ? segment.VirtualAddress >= 0xFFFF_FFFF_8000_0000
        : segment.VirtualAddress is >= 0x8000_0000 and < 0xC000_0000
            && segment.VirtualAddress != segment.PhysicalAddress;
}
