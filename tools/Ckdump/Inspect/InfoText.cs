using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kdump;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Capture.Input;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Inspect;

/// <summary>Facts of a vmcore as one screen of text.</summary>
internal static class InfoText
{
    private const int MostCpus = 8;

    /// <summary>Writes the screen. <paramref name="shownAs"/>: the file's name, if it is to have another one.</summary>
    public static void Write(TextWriter output, VmcoreFacts facts, string? shownAs = null)
    {
        CrashedKernel kernel = facts.Kernel;
        Line(output, "file", shownAs ?? kernel.Vmcore.Bytes.Path);
        Line(output, "type", Type(kernel.Vmcore));
        WriteArea(output, kernel.Vmcore.Area);
        WriteKdump(output, facts.Kdump);
        Line(output, "dump level", ElfLevel(kernel.Vmcore));
        Line(output, "kernel", Known(kernel.Release ?? kernel.Name?.Release));
        Line(output, "version", kernel.Name?.Version);
        Line(output, "host", kernel.Name?.NodeName);
        Line(output, "crash time", kernel.CrashTimeSeconds is ulong time ? AreaText.Time(time) : "unknown");
        Line(output, "uptime", facts.Crash.Records == 0 ? null : Duration(facts.Crash.LastNanoseconds / 1_000_000_000));
        Line(output, "panic", Printable(facts.Crash.Panic) ?? (facts.Crash.Records == 0 ? null : "no panic line in the log"));
        Line(output, "cause", Printable(facts.Crash.Cause));
        Line(output, "task", Printable(facts.Crash.Task));
        WriteCpus(output, kernel.Cpus);
        Line(output, "memory", Memory(facts));
        Line(output, "log", facts.Crash.Records == 0 ? null : $"{facts.Crash.Records} records");
        Line(output, "log problem", facts.LogProblem);
        Line(output, "note problem", kernel.Vmcore.NoteProblem?.ToString());
        Line(output, "cut short", CutShort(kernel.Vmcore));
    }

    /// <summary>Writes what there is to tell of a dump area without a dump.</summary>
    public static void WriteEmpty(TextWriter output, string path, AreaTail area)
    {
        Line(output, "file", path);
        Line(output, "type", "dump area without a dump");
        WriteArea(output, area);
    }

    /// <summary>Writes the table of program headers.</summary>
    public static void WriteRanges(TextWriter output, CrashedKernel kernel)
    {
        output.WriteLine();
        if (kernel.Vmcore is not ElfVmcore vmcore)
        {
            output.WriteLine("physical start     physical end       size");
            foreach (AddressRange range in kernel.Vmcore.PhysicalRanges)
            {
                output.WriteLine($"0x{range.Start:x16} 0x{range.End:x16} {ByteSize.Format((long)range.LengthBytes)}");
            }
            return;
        }
        output.WriteLine("physical start     physical end       size         virtual             offset");
        foreach (ProgramHeader s in vmcore.Segments)
        {
            string size = ByteSize.Format((long)Math.Min(s.FileBytes, long.MaxValue));
            ulong end = unchecked(s.PhysicalAddress + s.FileBytes);
            output.WriteLine($"0x{s.PhysicalAddress:x16} 0x{end:x16} {size,-12} 0x{s.VirtualAddress:x16}  {s.Offset}");
        }
    }

    /// <summary>Writes VMCOREINFO as it is.</summary>
    public static void WriteKeys(TextWriter output, CrashedKernel kernel)
    {
        output.WriteLine();
        foreach (KeyValuePair<string, string> line in kernel.Info.Lines)
        {
            output.WriteLine($"{Printable(line.Key)}={Printable(line.Value)}");
        }
    }

    private static void WriteArea(TextWriter output, AreaTail? area)
    {
        if (area is null)
        {
            return;
        }
        if (!area.HasLabel)
        {
            Line(output, "label", AreaText.Outcome(area.Status));
            return;
        }
        AreaLabel label = area.Label;
        string doubt = area.Status == Status.Ok ? "" : $" ({AreaText.Outcome(area.Status)})";
        Line(output, "area", $"{area.Uuid}, {ByteSize.Format((long)Math.Min(label.AreaBytes, long.MaxValue))}{doubt}");
        string why = label.State switch
        {
            AreaState.Writing or AreaState.Incomplete => $": {AreaText.Completeness(label)}",
            _ => "",
        };
        Line(output, "label", $"{AreaText.State(label.State)}, sequence {label.Sequence}{why}");
        if (label.HoldsUnsavedDump)
        {
            Line(output, "dump", $"{ByteSize.Format((long)label.DumpLengthBytes)}, {AreaText.Pages(label)}");
        }
    }

    private static void WriteKdump(TextWriter output, KdumpFacts? kdump)
    {
        if (kdump is null)
        {
            return;
        }
        string[] kinds = [.. kdump.ExcludedKinds];
        string without = kinds.Length == 0 ? "" : $" (without {string.Join(", ", kinds)} pages)";
        Line(output, "format", $"version {kdump.Header.Version}, compressor {kdump.Compressor}");
        Line(output, "dump level", $"{kdump.Header.DumpLevel}{without}");
        Line(output, "pages", $"{kdump.Counts.KeptPages} kept, {kdump.Counts.ExcludedPages} excluded");
        Line(output, "excluded", kdump.IsVmemmapExcluded ? "page structs of excluded pages" : null);
        Line(output, "split", kdump.Header.IsSplit
            ? $"this file has the pages {kdump.Header.FirstPage} to {kdump.Header.EndPage}" : null);
        Line(output, "incomplete", kdump.IsIncomplete ? $"cut short by its writer, {kdump.MissingPages} pages missing" : null);
    }

    // A filtered ELF dump of ours tells its level in a note, and the label of its area does; what another's leaves out
    // shows in the program headers only.
    private static string? ElfLevel(VmcoreFile vmcore)
    {
        if (vmcore is not ElfVmcore elf)
        {
            return null;
        }
        if (vmcore.DumpLevel is byte level)
        {
            return level.ToString(CultureInfo.InvariantCulture);
        }
        bool isFiltered = elf.Segments.Any(segment => segment.MemoryBytes > segment.FileBytes);
        byte? told = vmcore.Area is { HasLabel: true, Label.HoldsUnsavedDump: true } area ? area.Label.DumpLevel : null;
        // The label of a flattened dump that was cut knows no level.
        return isFiltered && told is null or 0 ? "unknown, runs of excluded pages are left out" : told?.ToString();
    }

    private static void WriteCpus(TextWriter output, IReadOnlyList<CpuRegisters> cpus)
    {
        Line(output, "CPUs", $"{cpus.Count} with registers");
        foreach (CpuRegisters cpu in cpus.Take(MostCpus))
        {
            Line(output, "", $"PID {cpu.Pid}, RIP 0x{cpu.InstructionPointer:x}, RSP 0x{cpu.StackPointer:x}");
        }
        if (cpus.Count > MostCpus)
        {
            Line(output, "", $"and {cpus.Count - MostCpus} more");
        }
    }

    private static string Type(VmcoreFile vmcore)
    {
        string format = vmcore.FormatName;
        string size = ByteSize.Format(vmcore.Bytes.FileLengthBytes);
        string flattened = vmcore.Bytes is FlattenedBytes ? "flattened " : "";
        return vmcore.Area is null
            ? $"{flattened}{format}, {size}"
            : $"dump area with {(vmcore is ElfVmcore ? "an" : "a")} {format}";
    }

    private static string Memory(VmcoreFacts facts)
    {
        string size = ByteSize.Format((long)Math.Min(facts.MemoryBytes, long.MaxValue));
        return $"{size} in {facts.RangeCount} {(facts.RangeCount == 1 ? "range" : "ranges")}";
    }

    private static string? CutShort(VmcoreFile vmcore)
    {
        ulong needed = vmcore.NeededBytes;
        // Descriptors that are cut off cannot tell of their pages.
        string atLeast = vmcore is KdumpVmcore kdump && kdump.DataOffset > kdump.LengthBytes ? "at least " : "";
        return vmcore.Bytes.Problem is FileProblem problem ? problem.ToString()
            : needed <= vmcore.LengthBytes
            ? null
            : $"ends at offset {vmcore.LengthBytes}, {atLeast}{needed - vmcore.LengthBytes} bytes are missing "
                + "(see ckdump verify)";
    }

    /// <summary>Seconds as days, hours, minutes and seconds.</summary>
    public static string Duration(ulong seconds)
    {
        string days = seconds >= 86_400 ? $"{seconds / 86_400} d " : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"{days}{seconds / 3600 % 24:D2}:{seconds / 60 % 60:D2}:{seconds % 60:D2} (newest record of the log)");
    }

    private static string Known(string? text) => Printable(text) ?? "unknown";

    // What a dump holds must not steer the terminal.
    private static string? Printable(string? text) => text is null
        ? null
        : string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));

    /// <summary>Writes a line of the screen, if there is a value.</summary>
    public static void Line(TextWriter output, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            output.WriteLine($"{name,-12}  {Printable(value)}");
        }
    }
}
