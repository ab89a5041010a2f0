using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode;
using CosmosKdump.Capture.Input;
using CosmosKdump.Kernel.Machine;
using CosmosKdump.Kernel.Targets;

namespace CosmosKdump.Kernel.Report;

/// <summary>The end of the report: what was captured, how long it took, what was lost, and what comes now.</summary>
internal static class FinalReport
{
    internal static void Write(Status outcome)
    {
        WriteTurns();
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer);
        CaptureResult result = CaptureRun.Result;
        if (DumpOutcome.IsDumpOrSent(outcome))
        {
            ulong took = result.EndMicroseconds - result.StartMicroseconds;
            line.Add(outcome switch
            {
                Status.Ok => "dump complete: "u8,
                Status.NotConfirmed => "dump sent, NOT CONFIRMED by a receiver: "u8,
                _ => "dump INCOMPLETE: "u8,
            });
            line.AddSize(result.Bytes);
            line.Add(" in "u8);
            line.AddSeconds(took);
            line.Add(", "u8);
            line.AddSize(ProgressMeter.RateOf(result.Bytes, took));
            line.Add("/s, "u8);
            line.AddDecimal(result.PagesWritten);
            line.Add(CaptureRun.Plan.Facts.Format == DumpFormat.Kdump ? " blocks of 4 KiB written, "u8 : " pages written, "u8);
            line.AddDecimal(result.PagesLost);
            line.Add(" lost, first byte at "u8);
            line.AddSeconds(result.FirstByteMicroseconds);
        }
        else
        {
            line.Add("NO DUMP: "u8);
            line.AddStatus(outcome);
        }
        Emit(in line);
        if (Exceptions.Reports != 0 || Exceptions.NonMaskableInterrupts != 0 || MachineChecks.Ignored != 0)
        {
            line = ReportLine.Begin(buffer);
            line.AddDecimal((ulong)Exceptions.Reports);
            line.Add(" exceptions reported, "u8);
            line.AddDecimal(Exceptions.NonMaskableInterrupts);
            line.Add(" NMIs and "u8);
            line.AddDecimal(MachineChecks.Ignored);
            line.Add(" machine checks survived"u8);
            Emit(in line);
        }
    }

    /// <summary>Tells what comes now.</summary>
    internal static void WriteAction(EndAction action, bool isFailure)
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer);
        line.Add(isFailure ? "failure action: "u8 : "final action: "u8);
        line.Add(OptionWords.TextOf(action));
        Emit(in line);
    }

    // One target's end is the end of all, and told by the last line.
    private static void WriteTurns()
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        for (int i = 0; i < TargetTurns.Count && TargetTurns.Count > 1; i++)
        {
            TargetTurn turn = TargetTurns.At(i);
            TextLine line = ReportLine.Begin(buffer);
            line.Add("target "u8);
            line.AddDecimal((ulong)i + 1);
            line.Add(", "u8);
            TargetRunner.AddName(ref line, in turn.Spec);
            line.Add(": "u8);
            if (turn.Status == Status.Ok)
            {
                line.Add("dump complete"u8);
            }
            else
            {
                line.AddStatus(turn.Status);
            }
            Emit(in line);
        }
    }

    private static void Emit(scoped in TextLine line)
    {
        LogConsole console = default;
        ReportLine.Write(ref console, in line);
    }
}
