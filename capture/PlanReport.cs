using System;

namespace CosmosKdump.Capture;

/// <summary>Tells what the plan found, in a few lines.</summary>
public static class PlanReport
{
    /// <summary>Tells of a plan.</summary>
    public static void Tell<TConsole>(ref TConsole console, scoped in CapturePlan plan)
        where TConsole : struct, IConsole
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer);
        line.Add("crashed kernel "u8);
        bool hasRelease = plan.Info.TryGetText("OSRELEASE"u8, out ReadOnlySpan<byte> release) == Status.Ok;
        line.Add(hasRelease ? release : "unknown"u8);
        line.Add(", CPUs that answered: "u8);
        line.AddDecimal(plan.Notes.Cpus);
        if (plan.Notes.EmptySegments != 0)
        {
            line.Add(", empty notes: "u8);
            line.AddDecimal(plan.Notes.EmptySegments);
        }
        ReportLine.Write(ref console, in line);

        line = ReportLine.Begin(buffer);
        line.Add("vmcore of "u8);
        line.AddSize(plan.Layout.LengthBytes);
        line.Add(", "u8);
        line.AddDecimal(plan.Layout.SegmentCount);
        line.Add(" segments, low memory "u8);
        line.Add(LowText(in plan));
        ReportLine.Write(ref console, in line);

        if (plan.Layout.Is64 != plan.Header.Is64)
        {
            line = ReportLine.Begin(buffer);
            line.Add("the vmcore is ELF64: ELF32 cannot tell offsets above 4 GiB"u8);
            ReportLine.Write(ref console, in line);
        }
    }

    /// <summary>Tells why there is no plan.</summary>
    public static void TellFailure<TConsole>(ref TConsole console, Status status, ulong address)
        where TConsole : struct, IConsole
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer, status);
        if (status == Status.NoElfCoreHeader)
        {
            line.Add("nothing to capture"u8);
        }
        else
        {
            line.Add("elfcorehdr at "u8);
            line.AddHex(address);
        }
        ReportLine.Write(ref console, in line);
    }

    private static ReadOnlySpan<byte> LowText(scoped in CapturePlan plan)
    {
        if (!plan.Low.NeedsCopy)
        {
            return plan.Low.IsSavedByLoader ? "saved by the loader"u8 : "not in the elfcorehdr"u8;
        }
        return plan.Low.CopyAddress != 0 ? "saved by us"u8 : "not saved, dumped as it is"u8;
    }
}
