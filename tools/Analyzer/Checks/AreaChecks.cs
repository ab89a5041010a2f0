using System.Collections.Generic;
using System.Linq;
using System.Text;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Analyzer.Checks;

/// <summary>Whether the label is right, and every page accounted for.</summary>
internal static class AreaChecks
{
    /// <summary>The checks of an area, or of a plain file's pages.</summary>
    public static IEnumerable<CheckResult> Run(CrashedKernel kernel)
    {
        if (kernel.Vmcore.Area is AreaTail area)
        {
            yield return Label(area, kernel.Vmcore.Format, kernel.Info);
            if (area is { HasLabel: true, Label: { HoldsUnsavedDump: true, HeaderBytes: > 0 } })
            {
                yield return Header(kernel.Vmcore, area.Label);
            }
        }
        if (kernel.Vmcore is ElfVmcore elf)
        {
            yield return Pages(elf);
        }
    }

    private static CheckResult Label(AreaTail area, DumpFormat format, VmcoreInfoText info)
    {
        const string Name = "label";
        ulong offset = (ulong)area.OffsetBytes;
        if (area.Status != Status.Ok)
        {
            return CheckResult.Failed(Name, Encoding.ASCII.GetString(StatusText.Of(area.Status)), offset);
        }
        AreaLabel label = area.Label;
        string what = $"state {label.State.ToString().ToLowerInvariant()}, sequence {label.Sequence}, area {area.Uuid}";
        if (label.State != AreaState.Complete)
        {
            string why = label.State switch
            {
                AreaState.Prepared => "holds no dump, or one that was saved",
                AreaState.Writing => "the capture did not end; how much of the dump was written is not known, and the "
                    + "rest is what the disk held before",
                _ => Encoding.ASCII.GetString(StatusText.Of(label.Outcome)),
            };
            return CheckResult.Failed(Name, $"{what}: {why}", offset);
        }
        string? crashTime = info.TextOf("CRASHTIME"u8);
        if (crashTime is not null && label.CrashTimeSeconds != 0 && crashTime != label.CrashTimeSeconds.ToString())
        {
            return CheckResult.Failed(Name,
                $"crash time {label.CrashTimeSeconds} in the label, {crashTime} in VMCOREINFO: another dump", offset);
        }
        return label.Format == format
            ? CheckResult.Ok(Name, what)
            : CheckResult.Failed(Name, $"{what}: format {label.Format}, but a dump in format {format} lies there", offset);
    }

    private static CheckResult Header(VmcoreFile vmcore, in AreaLabel label)
    {
        const string Name = "headers";
        ulong headerBytes = label.HeaderBytes;
        ulong first = vmcore is ElfVmcore elf
            ? elf.Segments.Where(segment => segment.FileBytes != 0).Select(segment => segment.Offset).DefaultIfEmpty(headerBytes).Min()
            : headerBytes;
        if (first != headerBytes)
        {
            return CheckResult.Failed(Name,
                $"{label.HeaderBytes} bytes in the label, but the first segment lies at {first}: another dump", 0);
        }
        return DumpHeader.Matches(vmcore.Bytes, label)
            ? CheckResult.Ok(Name, $"{label.HeaderBytes} bytes of headers and notes have the checksum in the label")
            : CheckResult.Failed(Name, "headers and notes do not have the checksum in the label", 0);
    }

    private static CheckResult Pages(ElfVmcore vmcore)
    {
        const string Name = "pages";
        ulong inSegments = 0;
        ulong inFile = 0;
        foreach (ProgramHeader segment in vmcore.Segments)
        {
            ulong pages = StructureChecks.PagesOf(segment);
            bool isWhole = StructureChecks.End(segment) <= vmcore.LengthBytes;
            ulong held = segment.Offset < vmcore.LengthBytes ? (vmcore.LengthBytes - segment.Offset) / Limits.PageBytes : 0;
            inSegments += pages;
            inFile += isWhole ? pages : held;
        }
        string counted = $"{inSegments} in {vmcore.Segments.Count} segments";
        if (inFile != inSegments)
        {
            return CheckResult.Failed(Name, $"{counted}, only {inFile} of them in the file", vmcore.LengthBytes);
        }
        if (vmcore.Area is not { HasLabel: true } area || !area.Label.HoldsUnsavedDump)
        {
            return CheckResult.Ok(Name, $"{counted}, all in the file");
        }
        AreaLabel label = area.Label;
        ulong offset = (ulong)area.OffsetBytes;
        ulong end = RoundUp(vmcore.Elf.Headers.Select(h => StructureChecks.End(h)).Max());
        ulong total = label.DumpLengthBytes / Limits.PageBytes;
        if (end != label.DumpLengthBytes)
        {
            return CheckResult.Failed(Name,
                $"{counted}, which end at {end}; the label has a length of {label.DumpLengthBytes}", offset);
        }
        if (unchecked(label.PagesWritten + label.PagesLost) != total)
        {
            return CheckResult.Failed(Name,
                $"{total} in the dump; the label has {label.PagesWritten} written and {label.PagesLost} lost", offset);
        }
        return label.PagesLost == 0
            ? CheckResult.Ok(Name, $"{counted}, {total - inSegments} of headers and notes, all written")
            : CheckResult.Failed(Name, $"{label.PagesLost} of {total} were lost", offset);
    }

    private static ulong RoundUp(ulong bytes) =>
        bytes > ulong.MaxValue - Limits.PageBytes ? bytes : (bytes + Limits.PageBytes - 1) & ~(Limits.PageBytes - 1UL);
}
