using System;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Encode.Kdump;

/// <summary>
/// Streams a kdump-compressed dump into a sink: header, notes and bitmaps, then the pages, what matters most first. No
/// buffer grows with memory: the kinds of a unit's pages are found anew whenever they are needed.
/// </summary>
public static class KdumpDump
{
    /// <summary>
    /// Writes the dump and drains the sink. <see cref="Status.DumpCut"/>: the sink is full, the dump holds what came
    /// first and can be opened; any other status than <see cref="Status.Ok"/> is the sink's, and ends it.
    /// <paramref name="facts"/>: the dump as it came out; none if the sink did not even begin. A dump that lacks pages
    /// keeps the flag of an incomplete dump in its header.
    /// </summary>
    public static Status Write<TMemory, TSink, TClock, TConsole, TCompressor>(
        ref TMemory memory,
        ref TSink sink,
        ref TClock clock,
        ref TConsole console,
        ref TCompressor compressor,
        in CapturePlan plan,
        in KdumpBuffers buffers,
        in DmaBuffer staging,
        ref ProgressMeter meter,
        out DumpFacts facts)
        where TMemory : struct, IPhysicalMemory
        where TSink : struct, IDumpSink
        where TClock : struct, IClock
        where TConsole : struct, IConsole
        where TCompressor : struct, IPageCompressor
    {
        KdumpOptions options = plan.Kdump;
        PageFilter filter = PageFilter.Open(
            ref memory,
            buffers.Filter,
            in plan.Ranges,
            in plan.Info,
            options.Level,
            options.ExcludesIdlePageStructs);
        var census = new PageCensus(buffers.Filter.Counts);
        ulong start = clock.Microseconds;
        filter.Count(ref memory, ref census);
        ulong counting = clock.Microseconds - start;
        DumpLevel fitting = LevelChoice.Run(
            ref memory, ref compressor, ref filter, in census, in plan, sink.CapacityBytes);
        if (fitting.Value != filter.Level.Value)
        {
            filter.Raise(fitting);
            filter.Count(ref memory, ref census);
        }
        FilterReport.Tell(ref console, in filter, in census, options.Level, fitting, counting);
        var layout = new KdumpLayout(filter.EndPfn, plan.Notes.LengthBytes, census.Kept(filter.Level));
        meter = new ProgressMeter(layout.Pages * Limits.PageBytes, meter.StartMicroseconds);
        ulong longest = Math.Min(layout.LongestBytes, sink.CapacityBytes);
        DumpLevel level = options.Told(filter.EffectiveLevel);
        facts = new DumpFacts(longest, plan.Facts.CrashTimeSeconds, DumpFormat.Kdump, level.Value);
        if (layout.DataPositionBytes + Limits.PageBytes > longest)
        {
            facts = default;
            return Status.AreaTooSmall;
        }

        uint header = KdumpHeader.FlagOf(options.Compressor)
            | (filter.ExcludesIdlePageStructs ? KdumpHeader.ExcludedPageStructs : 0)
            | (options.IsOfIncomplete ? KdumpHeader.Incomplete : 0);
        // A sink that cannot go back gets the header as it is meant to be; the receiver knows what arrived.
        uint unfinished = sink.CanReadBack ? header | KdumpHeader.Incomplete : header;
        var stream = new StagedStream(staging, isDry: true);
        Status status = KdumpFront.WriteHeader(
            ref memory, ref sink, ref stream, in plan, in layout, level, unfinished);
        facts = facts.WithHeader(layout.BitmapPositionBytes, stream.Checksum);
        status = status == Status.Ok ? sink.Begin(in facts) : status;
        if (status != Status.Ok)
        {
            facts = default;
            return status;
        }
        stream = new StagedStream(staging);
        status = KdumpFront.WriteHeader(
            ref memory, ref sink, ref stream, in plan, in layout, level, unfinished);
        if (status == Status.Ok)
        {
            meter.MarkFirstByte(ref clock);
            status = KdumpFront.WriteTables(ref memory, ref sink, ref stream, ref filter, in layout);
        }
        // Where the dump fits only if its pages shrink, or a line is slow for sure, there is no choice.
        bool mustShrink = layout.LongestBytes > longest || !sink.CanReadBack;
        CompressionPace pace = options.Compressor switch
        {
            Compressor.None => CompressionPace.Never,
            Compressor.Auto when !mustShrink => CompressionPace.Adaptive,
            _ => CompressionPace.Always,
        };
        var pages = new KdumpPages(
            in buffers, in layout, KdumpHeader.FlagOf(options.Compressor), pace, longest, compressor.Slots);
        if (status == Status.Ok)
        {
            status = pages.Write(
                ref memory, ref sink, ref clock, ref console, ref compressor, ref filter, in census, in plan, ref meter);
        }
        ulong length = (pages.EndBytes + Limits.PageBytes - 1) & ~(Limits.PageBytes - 1UL);
        facts = new DumpFacts(
            length, facts.CrashTimeSeconds, DumpFormat.Kdump, level.Value, facts.HeaderBytes,
            facts.HeaderChecksum, pages.Missing);
        if (status != Status.Ok || !sink.CanReadBack || pages.Missing != 0)
        {
            return status;
        }
        stream = new StagedStream(staging);
        status = KdumpFront.WriteHeader(ref memory, ref sink, ref stream, in plan, in layout, level, header);
        facts = facts.WithHeader(facts.HeaderBytes, stream.Checksum);
        return status;
    }
}
