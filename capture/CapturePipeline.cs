using System;
using CosmosKdump.Capture.Encode;
using CosmosKdump.Capture.Encode.Elf;
using CosmosKdump.Capture.Encode.Kdump;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Ranges;

namespace CosmosKdump.Capture;

/// <summary>
/// From elfcorehdr to vmcore, top to bottom: <see cref="Prepare"/> reads what there is and lays the dump out,
/// <see cref="Run"/> writes it to one target.
/// </summary>
public static class CapturePipeline
{
    /// <summary>
    /// Makes the plan. <paramref name="ranges"/> and <paramref name="vmcoreInfo"/> are the plan's tables and must
    /// outlive it; <paramref name="lowCopyAddress"/> is where a copy of the low 640 KiB lies, 0 if there is none.
    /// Errors, all told to the console: <see cref="Status.NoElfCoreHeader"/>, those of
    /// <see cref="ElfCoreHeader.Open"/>, and <see cref="Status.NoSegments"/>. Whatever else is wrong is told and
    /// worked around.
    /// </summary>
    public static Status Prepare<TMemory, TConsole>(
        ref TMemory memory,
        ref TConsole console,
        scoped in BootOptions options,
        Span<PhysicalRange> ranges,
        Span<byte> vmcoreInfo,
        ulong lowCopyAddress,
        out CapturePlan plan)
        where TMemory : struct, IPhysicalMemory
        where TConsole : struct, IConsole
    {
        plan = default;
        plan.Ranges = new RangeTable(ranges);
        if (!options.HasElfCoreHeader)
        {
            PlanReport.TellFailure(ref console, Status.NoElfCoreHeader, 0);
            return Status.NoElfCoreHeader;
        }
        ulong address = options.ElfCoreHeaderAddress;
        Status status = ElfCoreHeader.Open(
            ref memory, ref console, address, options.ElfCoreHeaderSize, out plan.Header);
        if (status != Status.Ok)
        {
            return status;
        }
        plan.Low = LowMemory.Examine(ref memory, in plan.Header);
        plan.Low.CopyAddress = lowCopyAddress;
        plan.Notes = NoteSurvey.Run(ref memory, ref console, in plan.Header, in plan.Low, vmcoreInfo);
        plan.Info = new VmcoreInfo(vmcoreInfo[..plan.Notes.VmcoreInfoBytes]);
        SegmentSurvey.Run(ref memory, ref console, in plan.Header, ref plan.Ranges);
        status = VmcoreLayout.Measure(ref memory, in plan.Header, plan.Notes.LengthBytes, out plan.Layout);
        if (status != Status.Ok)
        {
            PlanReport.TellFailure(ref console, status, address);
            return status;
        }
        ulong crashTime = plan.Info.TryGetNumber("CRASHTIME"u8, out ulong time) == Status.Ok ? time : 0;
        plan.Facts = new DumpFacts(plan.Layout.LengthBytes, crashTime, options.Format, 0);
        plan.Kdump = new KdumpOptions(
            new DumpLevel(options.DumpLevel), options.Compressor, options.ExcludesIdlePageStructs);
        PlanReport.Tell(ref console, in plan);
        return Status.Ok;
    }

    /// <summary>
    /// Writes the dump to one target. Anything but <see cref="Status.Ok"/>, <see cref="Status.PagesLost"/> and
    /// <see cref="Status.DumpCut"/> means that this target did not work, and that the next one may have its turn.
    /// <paramref name="staging"/> is at least a page, at a page boundary; <paramref name="buffers"/> are for
    /// filtering and the kdump format, <paramref name="compressor"/> for the kdump format.
    /// </summary>
    public static CaptureResult Run<TMemory, TSink, TClock, TConsole, TCompressor>(
        ref TMemory memory,
        ref TSink sink,
        ref TClock clock,
        ref TConsole console,
        ref TCompressor compressor,
        in CapturePlan plan,
        in KdumpBuffers buffers,
        in DmaBuffer staging)
        where TMemory : struct, IPhysicalMemory
        where TSink : struct, IDumpSink
        where TClock : struct, IClock
        where TConsole : struct, IConsole
        where TCompressor : struct, IPageCompressor
    {
        CaptureResult result = default;
        var meter = new ProgressMeter(plan.Layout.LengthBytes, clock.Microseconds);
        result.StartMicroseconds = meter.StartMicroseconds;
        DumpFacts facts;
        if (plan.Facts.Format == DumpFormat.Kdump)
        {
            result.Status = KdumpDump.Write(
                ref memory, ref sink, ref clock, ref console, ref compressor, in plan, in buffers, in staging,
                ref meter, out facts);
        }
        else
        {
            result.Status = ElfDump.Write(
                ref memory, ref sink, ref clock, ref console, in plan, in buffers, in staging, ref meter, out facts);
        }
        if (facts.LengthBytes != 0)
        {
            bool isLossy = sink.PagesLost + facts.PagesMissing != 0;
            result.Status = result.Status == Status.Ok && isLossy ? Status.PagesLost : result.Status;
            Status status = sink.Finish(result.Status, in facts);
            bool isDump = DumpOutcome.IsDump(result.Status);
            result.Status = isDump && status != Status.Ok ? status : result.Status;
        }
        result.DumpLevel = facts.DumpLevel;
        result.EndMicroseconds = clock.Microseconds;
        result.FirstByteMicroseconds = meter.FirstByteMicroseconds;
        result.Bytes = Math.Min(meter.DoneBytes, facts.LengthBytes);
        result.PagesWritten = sink.PagesWritten;
        result.PagesLost = sink.PagesLost + facts.PagesMissing;
        if (meter.DoneBytes != 0)
        {
            meter.Tell(ref console, result.EndMicroseconds);
        }
        return result;
    }
}
