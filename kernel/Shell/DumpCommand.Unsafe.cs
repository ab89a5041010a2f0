using System;
using System.Runtime.CompilerServices;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Shell;
using CosmosKdump.Kernel.Machine;
using CosmosKdump.Kernel.Report;
using CosmosKdump.Kernel.Targets;

namespace CosmosKdump.Kernel.Shell;

/// <summary><c>dump TARGET</c>: captures into targets, as <c>kdump.target=</c> names them, until one works.</summary>
internal static unsafe class DumpCommand
{
    private static TargetSpec _target;
    private static TargetText _text;

    internal static Status Run(ReadOnlySpan<byte> argument)
    {
        if (argument.Length == 0)
        {
            Pager.Write("dump takes targets, as kdump.target= does: dump disk,serial:ttyS1"u8);
            return Status.Ok;
        }
        if (CaptureRun.PlanStatus != Status.Ok)
        {
            return CaptureRun.PlanStatus;
        }
        // A path of HTTP stays part of the text while it is used.
        Span<byte> text = ((Span<byte>)_text).Slice(0, argument.Length);
        argument.CopyTo(text);
        NetworkTarget.CommandLine = new HeldBuffer(new DmaBuffer(text, 0));
        var cursor = new ListCursor(argument);
        Status result = Status.NoTargetWorked;
        CaptureRun.Forget();
        while (!DumpOutcome.IsEnough(result) && cursor.MoveNext())
        {
            int offset = cursor.Offset;
            Status understood = DeviceText.ParseTarget(ref cursor, out _target);
            int length = cursor.Offset + cursor.Item.Length - offset;
            if (understood != Status.Ok)
            {
                TellBad(understood, argument.Slice(offset, length));
                continue;
            }
            _target.TextOffset = (ushort)offset;
            _target.TextLength = (ushort)length;
            // A plain function of this class, which takes the target from the field above.
            Status status = Step.Run(&Try, 0);
            if (status == Status.StepFaulted)
            {
                Quiesce.AfterFault();
            }
            TargetTurns.Add(in _target, status);
            bool isBetter = DumpOutcome.Rank(status) > DumpOutcome.Rank(result);
            result = isBetter || TargetTurns.Count == 1 ? status : result;
        }
        // Of several that failed alike none is the reason.
        bool isAnyReason = TargetTurns.Count > 1 && DumpOutcome.Rank(result) == 0;
        CaptureRun.Outcome = isAnyReason ? Status.NoTargetWorked : result;
        FinalReport.Write(CaptureRun.Outcome);
        return Status.Ok;
    }

    private static Status Try(ulong unused) => TargetRunner.Try(in _target);

    // Whoever types can type again: nothing is guessed of what was meant, as it is on the command line.
    private static void TellBad(Status status, ReadOnlySpan<byte> text)
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        var line = new TextLine(buffer);
        line.AddStatus(status);
        line.Add(": "u8);
        line.Add(text);
        Pager.Write(ref line);
    }

    [InlineArray(LineEditor.MostBytes)]
    private struct TargetText
    {
        private byte _first;
    }
}
