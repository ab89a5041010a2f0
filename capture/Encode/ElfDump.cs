using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Encode;

/// <summary>
/// Streams a vmcore into a sink: header and notes through the staging buffer, segments from where they lie.
/// </summary>
public static class ElfDump
{
    /// <summary>
    /// Writes the whole dump and drains the sink. The first status of the sink other than <see cref="Status.Ok"/> ends
    /// it; <see cref="Status.MemoryUnreadable"/> if the headers are not what they were when the plan was made.
    /// <paramref name="facts"/>: the dump as it came out; none if the sink did not even begin.
    /// </summary>
    public static Status Write<TMemory, TSink, TClock, TConsole>(
        ref TMemory memory,
        ref TSink sink,
        ref TClock clock,
        ref TConsole console,
        in CapturePlan plan,
        in DmaBuffer staging,
        ref ProgressMeter meter,
        out DumpFacts facts)
        where TMemory : struct, IPhysicalMemory
        where TSink : struct, IDumpSink
        where TClock : struct, IClock
        where TConsole : struct, IConsole
    {
        facts = plan.Facts;
        // Known before the first byte, so that even the label of a dump that never ends tells whose it is. Where it
        // cannot be computed, the write of the same bytes fails for the same reason, and tells it.
        if (ChecksumHeader(ref memory, in plan, in staging, out uint checksum) == Status.Ok)
        {
            facts = facts.WithHeader(plan.Layout.SegmentPositionBytes, checksum);
        }
        Status begun = sink.Begin(in facts);
        if (begun != Status.Ok)
        {
            facts = default;
            return begun;
        }
        var stream = new StagedStream(staging);
        Status status = WriteHeader(ref memory, ref sink, ref stream, in plan);
        if (status != Status.Ok)
        {
            return status;
        }
        meter.MarkFirstByte(ref clock);
        meter.Advance(ref clock, ref console, plan.Layout.SegmentPositionBytes);
        status = WriteSegments(ref memory, ref sink, ref clock, ref console, in plan, ref meter);
        return status == Status.Ok ? sink.Drain() : status;
    }

    /// <summary>
    /// CRC-32C of headers and notes, everything before the first segment, as <see cref="Write"/> writes them. Errors:
    /// those of <see cref="Write"/>. The staging buffer is used, and free afterwards.
    /// </summary>
    public static Status ChecksumHeader<TMemory>(
        ref TMemory memory,
        in CapturePlan plan,
        in DmaBuffer staging,
        out uint checksum)
        where TMemory : struct, IPhysicalMemory
    {
        var stream = new StagedStream(staging);
        NullSink sink = default;
        Status status = WriteHeader(ref memory, ref sink, ref stream, in plan);
        checksum = stream.Checksum;
        return status;
    }

    private static Status WriteHeader<TMemory, TSink>(
        ref TMemory memory,
        ref TSink sink,
        ref StagedStream stream,
        in CapturePlan plan)
        where TMemory : struct, IPhysicalMemory
        where TSink : struct, IDumpSink
    {
        Status status = VmcoreHeader.Write(ref memory, ref sink, ref stream, in plan.Header, in plan.Layout);
        if (status == Status.Ok)
        {
            ulong end = plan.Layout.NotePositionBytes + plan.Layout.NoteBytes;
            status = NoteCopy.Write(ref memory, ref sink, ref stream, in plan, end);
        }
        if (status == Status.Ok)
        {
            status = stream.PadTo(ref sink, plan.Layout.SegmentPositionBytes);
        }
        return status == Status.Ok ? stream.Flush(ref sink) : status;
    }

    private static Status WriteSegments<TMemory, TSink, TClock, TConsole>(
        ref TMemory memory,
        ref TSink sink,
        ref TClock clock,
        ref TConsole console,
        in CapturePlan plan,
        ref ProgressMeter meter)
        where TMemory : struct, IPhysicalMemory
        where TSink : struct, IDumpSink
        where TClock : struct, IClock
        where TConsole : struct, IConsole
    {
        var cursor = new SegmentCursor(in plan.Header, plan.Layout.SegmentPositionBytes);
        while (cursor.MoveNext(ref memory) && cursor.EndBytes <= plan.Layout.LengthBytes)
        {
            ulong done = 0;
            while (done < cursor.LengthBytes)
            {
                ulong rest = cursor.LengthBytes - done;
                ulong length = rest < meter.PieceBytes ? rest : meter.PieceBytes;
                ulong address = plan.Low.Translate(cursor.Source + done, ref length);
                var chunk = new DumpChunk(cursor.PositionBytes + done, address, length);
                Status status = sink.Submit(in chunk);
                if (status != Status.Ok)
                {
                    return status;
                }
                done += length;
                meter.Advance(ref clock, ref console, length);
            }
        }
        return cursor.EndBytes == plan.Layout.LengthBytes ? Status.Ok : Status.MemoryUnreadable;
    }
}
