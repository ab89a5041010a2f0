using System;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Machine;
using CosmosKdump.Kernel.Report;
using CosmosKdump.Kernel.Targets;

namespace CosmosKdump.Kernel.Shell;

/// <summary><c>status</c>: the report once more, as far as there is one.</summary>
internal static class StatusCommand
{
    internal static void Run()
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        var line = new TextLine(buffer);
        line.Add("CosmosKdump "u8);
        line.Add(BuildInfo.Version);
        line.Add(", up "u8);
        line.AddSeconds(Clock.Microseconds);
        Pager.Write(ref line);
        if (CaptureRun.PlanStatus != Status.Ok)
        {
            line.Add("no crashed kernel: "u8);
            line.AddStatus(CaptureRun.PlanStatus);
            Pager.Write(ref line);
            return;
        }
        _ = CrashReport.Write(0);
        FinalReport.Write(CaptureRun.Outcome);
    }
}
