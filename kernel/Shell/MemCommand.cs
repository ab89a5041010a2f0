using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Ranges;
using CosmosKdump.Kernel.Machine;
using CosmosKdump.Kernel.Report;
using CosmosKdump.Kernel.Targets;

namespace CosmosKdump.Kernel.Shell;

/// <summary><c>mem</c>: the crashed kernel's memory, the gaps in it, and ours.</summary>
internal static class MemCommand
{
    internal static void Run()
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        var line = new TextLine(buffer);
        if (CaptureRun.PlanStatus == Status.Ok)
        {
            WriteRanges(ref line, CaptureRun.Plan.Ranges.Ranges);
            line.AddSize(CaptureRun.Plan.Ranges.TotalPages * Limits.PageBytes);
            line.Add(" of the crashed kernel's memory, low memory "u8);
            line.Add(!CaptureRun.Plan.Low.NeedsCopy ? "as the loader left it"u8 : "saved by us"u8);
            Pager.Write(ref line);
        }
        WriteRange(ref line, Image.Start(), Image.End(), "this kernel, left alone by the crashed one"u8);
    }

    private static void WriteRanges(ref TextLine line, ReadOnlySpan<PhysicalRange> ranges)
    {
        for (int i = 0; i < ranges.Length && !Pager.IsStopped; i++)
        {
            ulong before = i == 0 ? 0 : ranges[i - 1].End;
            if (ranges[i].Start > before)
            {
                bool isOurs = Image.Start() >= before && Image.End() <= ranges[i].Start;
                WriteRange(ref line, before, ranges[i].Start, isOurs ? "left out, this kernel is here"u8 : "left out"u8);
            }
            WriteRange(ref line, ranges[i].Start, ranges[i].End, "dumped"u8);
        }
    }

    private static void WriteRange(ref TextLine line, ulong start, ulong end, ReadOnlySpan<byte> what)
    {
        line.AddHex(start, 13);
        line.Add(" - "u8);
        line.AddHex(end, 13);
        line.Add("  "u8);
        line.AddSize(end - start);
        line.Add("  "u8);
        line.Add(what);
        Pager.Write(ref line);
    }
}
