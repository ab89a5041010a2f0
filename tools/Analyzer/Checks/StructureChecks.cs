using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Analyzer.Checks;

/// <summary>Whether the ELF file can be true: headers, alignment, length, places in the file and in memory.</summary>
internal static class StructureChecks
{
    // __START_KERNEL_map: the kernel text segment shows memory that the direct map shows too.
    private const ulong KernelMap = 0xFFFF_FFFF_8000_0000;
    private const ulong PageMask = Limits.PageBytes - 1;

    /// <summary>All checks of the structure.</summary>
    public static IEnumerable<CheckResult> Run(ElfVmcore vmcore)
    {
        yield return Headers(vmcore);
        yield return Segments(vmcore);
        yield return Alignment(vmcore);
        yield return FileLength(vmcore);
        yield return FileOverlap(vmcore);
        yield return MemoryOverlap(vmcore);
    }

    private static CheckResult Headers(ElfVmcore vmcore)
    {
        const string Name = "ELF headers";
        ElfTable elf = vmcore.Elf;
        int notes = elf.Headers.Count(h => h.Type == ProgramHeader.TypeNote);
        int others = elf.Headers.Count - notes - vmcore.Segments.Count;
        ulong table = elf.Header.ProgramHeaderOffset;
        string what = $"{(elf.Is64 ? "ELF64" : "ELF32")}, {notes} PT_NOTE, {vmcore.Segments.Count} PT_LOAD";
        return table < (ulong)ElfFileHeader.BytesOf(elf.Is64)
            ? CheckResult.Failed(Name, $"{what}; program headers at {table} lie in the ELF header", table)
            : notes != 1 ? CheckResult.Failed(Name, $"{what}; a vmcore has one PT_NOTE", table)
            : vmcore.Segments.Count == 0 ? CheckResult.Failed(Name, $"{what}; no memory", table)
            : others != 0 ? CheckResult.Failed(Name, $"{what}; {others} program headers of other types", table)
            : CheckResult.Ok(Name, what);
    }

    private static CheckResult Segments(ElfVmcore vmcore)
    {
        const string Name = "segments";
        for (int i = 0; i < vmcore.Segments.Count; i++)
        {
            ProgramHeader s = vmcore.Segments[i];
            // makedumpfile -E leaves the pages at the end of a segment out, or all of them.
            string? wrong = s.MemoryBytes == 0 ? "is empty"
                : s.FileBytes > s.MemoryBytes ? $"has more bytes in the file ({s.FileBytes}) than in memory ({s.MemoryBytes})"
                : s.PhysicalAddress >= Limits.PhysicalEnd || s.MemoryBytes > Limits.PhysicalEnd - s.PhysicalAddress
                    ? $"reaches past the 52-bit physical space (0x{s.PhysicalAddress:x}, {s.MemoryBytes} bytes)"
                : s.Offset > ulong.MaxValue - s.FileBytes ? $"has an offset of {s.Offset}"
                : null;
            if (wrong is not null)
            {
                return CheckResult.Failed(Name, $"PT_LOAD {i} {wrong}", HeaderOffset(vmcore, i));
            }
        }
        return CheckResult.Ok(Name, "addresses and lengths can be true");
    }

    // /proc/vmcore keeps offset and address equal within a page, so that mmap works; QEMU's dumps and those of
    // makedumpfile -E do not.
    private static CheckResult Alignment(ElfVmcore vmcore)
    {
        const string Name = "alignment";
        int bad = 0;
        int first = -1;
        for (int i = 0; i < vmcore.Segments.Count; i++)
        {
            ProgramHeader s = vmcore.Segments[i];
            if (((s.Offset ^ s.PhysicalAddress) & PageMask) != 0)
            {
                bad++;
                first = first < 0 ? i : first;
            }
        }
        bool isForeign = vmcore.Area is null && first == 0;
        return bad == 0 ? CheckResult.Ok(Name, "every segment on page boundaries")
            : isForeign ? CheckResult.Ok(Name, $"{bad} segments not on page boundaries: not a copy of /proc/vmcore")
            : CheckResult.Failed(Name, $"{bad} segments not on page boundaries, the first is PT_LOAD {first}",
                HeaderOffset(vmcore, first));
    }

    private static CheckResult FileLength(ElfVmcore vmcore)
    {
        const string Name = "file length";
        ulong end = vmcore.LengthBytes;
        ulong needed = vmcore.Elf.Headers.Select(End).Append(vmcore.Elf.EndBytes).Max();
        if (needed <= end)
        {
            return CheckResult.Ok(Name, $"{end} bytes, {needed} needed");
        }
        ulong missing = 0;
        int cut = -1;
        int cutCount = 0;
        for (int i = 0; i < vmcore.Segments.Count; i++)
        {
            ProgramHeader s = vmcore.Segments[i];
            if (End(s) > end)
            {
                missing += PagesOf(s) - (s.Offset < end ? (end - s.Offset) / Limits.PageBytes : 0);
                cutCount++;
                cut = cut < 0 ? i : cut;
            }
        }
        string from = "";
        if (cut >= 0)
        {
            ProgramHeader s = vmcore.Segments[cut];
            ulong address = s.PhysicalAddress + (s.Offset < end ? end - s.Offset : 0);
            from = $": {missing} pages of {cutCount} segments, from physical 0x{address:x} (PT_LOAD {cut}) on";
        }
        return CheckResult.Failed(Name, $"ends at {end}, {needed - end} bytes are missing{from}", end);
    }

    private static CheckResult FileOverlap(ElfVmcore vmcore)
    {
        const string Name = "places in file";
        ElfTable elf = vmcore.Elf;
        List<(ulong Start, ulong End, string What)> places =
        [
            (0, (ulong)ElfFileHeader.BytesOf(elf.Is64), "the ELF header"),
            (elf.Header.ProgramHeaderOffset, elf.EndBytes, "the program headers"),
        ];
        places.AddRange(elf.Headers
            .Select((h, i) => (h.Offset, End(h), $"program header {i}'s bytes"))
            .Where(place => place.Item2 > place.Offset));
        places.Sort((a, b) => a.Start.CompareTo(b.Start));
        for (int i = 1; i < places.Count; i++)
        {
            if (places[i].Start < places[i - 1].End)
            {
                return CheckResult.Failed(Name, $"{places[i - 1].What} and {places[i].What} overlap", places[i].Start);
            }
        }
        return CheckResult.Ok(Name, "no two segments share bytes");
    }

    private static CheckResult MemoryOverlap(ElfVmcore vmcore)
    {
        const string Name = "physical ranges";
        List<(ulong Start, ulong End, int Index)> ranges = [];
        for (int i = 0; i < vmcore.Segments.Count; i++)
        {
            ProgramHeader s = vmcore.Segments[i];
            if (s.VirtualAddress < KernelMap && s.FileBytes <= Limits.PhysicalEnd && s.PhysicalAddress < Limits.PhysicalEnd)
            {
                ranges.Add((s.PhysicalAddress, s.PhysicalAddress + s.FileBytes, i));
            }
        }
        ranges.Sort((a, b) => a.Start.CompareTo(b.Start));
        for (int i = 1; i < ranges.Count; i++)
        {
            if (ranges[i].Start < ranges[i - 1].End)
            {
                string pair = $"PT_LOAD {ranges[i - 1].Index} and PT_LOAD {ranges[i].Index}";
                return CheckResult.Failed(Name, $"{pair} both hold physical 0x{ranges[i].Start:x}",
                    HeaderOffset(vmcore, ranges[i].Index));
            }
        }
        int text = vmcore.Segments.Count - ranges.Count;
        return CheckResult.Ok(Name, $"{ranges.Count} ranges of memory, no page twice{(text > 0 ? "; kernel text besides" : "")}");
    }

    /// <summary>Pages that a segment touches.</summary>
    public static ulong PagesOf(in ProgramHeader segment)
    {
        ulong inFirst = segment.PhysicalAddress & PageMask;
        ulong bytes = segment.FileBytes;
        return (bytes / Limits.PageBytes) + (((bytes & PageMask) + inFirst + PageMask) / Limits.PageBytes);
    }

    /// <summary>Offset behind a segment's last byte; a wrapping one ends at the end of all offsets.</summary>
    public static ulong End(ProgramHeader header) =>
        header.Offset > ulong.MaxValue - header.FileBytes ? ulong.MaxValue : header.Offset + header.FileBytes;

    // Offset of the program header of PT_LOAD number i.
    private static ulong HeaderOffset(ElfVmcore vmcore, int segment)
    {
        int index = -1;
        for (int seen = -1; seen < segment; index++)
        {
            seen += vmcore.Elf.Headers[index + 1].Type == ProgramHeader.TypeLoad ? 1 : 0;
        }
        return vmcore.Elf.Header.ProgramHeaderOffset + ((ulong)index * (ulong)ProgramHeader.BytesOf(vmcore.Elf.Is64));
    }
}
