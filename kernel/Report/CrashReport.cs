using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Messages;
using CosmosKdump.Kernel.Machine;
using CosmosKdump.Kernel.Targets;

namespace CosmosKdump.Kernel.Report;

/// <summary>What crashed: the kernel's release, how long it ran, and the line that tells of its end.</summary>
internal static class CrashReport
{
    private const int LineBytes = 128;

    /// <summary>Tells it, as far as it can be read; nothing where no kernel crashed.</summary>
    internal static Status Write(ulong unused)
    {
        if (CaptureRun.PlanStatus != Status.Ok)
        {
            return Status.Ok;
        }
        Status status = CrashedKernel.Open(out PagedMemory<OldMemory> memory);
        CrashSummary summary = default;
        if (status == Status.Ok)
        {
            status = CrashSummary.Find(ref memory, in CaptureRun.Plan.Info, out summary);
        }
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer);
        line.Add("crashed: "u8);
        bool hasRelease = CaptureRun.Plan.Info.TryGetText("OSRELEASE"u8, out ReadOnlySpan<byte> release) == Status.Ok;
        line.Add(hasRelease ? release : "unknown kernel"u8);
        if (summary.LastNanoseconds != 0)
        {
            line.Add(" after "u8);
            line.AddSeconds(summary.LastNanoseconds / 1000);
        }
        line.Add(": "u8);
        if (summary.HasLine)
        {
            AddText(ref memory, ref line, in summary.Line);
        }
        else if (status == Status.Ok)
        {
            line.Add("no line of its log tells why"u8);
        }
        else
        {
            line.Add("its log cannot be read: "u8);
            line.AddStatus(status);
        }
        LogConsole console = default;
        ReportLine.Write(ref console, in line);
        return Status.Ok;
    }

    // The first line of the message.
    private static void AddText(ref PagedMemory<OldMemory> memory, ref TextLine line, in Message message)
    {
        Span<byte> text = stackalloc byte[LineBytes];
        text = text.Slice(0, Math.Min(text.Length, message.TextBytes));
        _ = memory.Read(message.TextAddress, text);
        int end = text.IndexOf((byte)'\n');
        line.Add(end < 0 ? text : text.Slice(0, end));
    }
}
