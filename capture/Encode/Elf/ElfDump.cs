using System;
using CosmosKdump.Capture.Encode.Kdump;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Encode.Elf;

/// <summary>
/// Streams a vmcore into a sink: header and notes through the staging buffer, pages from where they lie. What a dump level
/// leaves out is found once to count the program headers, and once more for the headers and for the data each: nothing
/// grows with memory.
/// </summary>
public static class ElfDump
{
    /// <summary>
    /// Writes the dump and drains the sink. <see cref="Status.DumpCut"/>: the sink is full, the dump holds what came first
    /// and can be opened; <see cref="Status.MemoryUnreadable"/>: the headers are not what they were when the dump was
    /// planned; the first status of the sink other than <see cref="Status.Ok"/> ends it. <paramref name="facts"/>: the dump
    /// as it came out; none if the sink did not even begin.
    /// </summary>
    public static Status Write<TMemory, TSink, TClock, TConsole>(
        ref TMemory memory,
        ref TSink sink,
        ref TClock clock,
        ref TConsole console,
        in CapturePlan plan,
        in KdumpBuffers buffers,
        in DmaBuffer staging,
        ref ProgressMeter meter,
        out DumpFacts facts)
        where TMemory : struct, IPhysicalMemory
        where TSink : struct, IDumpSink
        where TClock : struct, IClock
        where TConsole : struct, IConsole
    {
        ElfContent content = ElfContent.Choose(
            ref memory, ref clock, ref console, in plan, in buffers, sink.CapacityBytes);
        ulong front = content.Layout.SegmentPositionBytes;
        // A dump of all pages that does not fit is refused by the sink.
        ulong longest = content.IsFiltered
            ? Math.Min(content.Layout.LengthBytes, sink.CapacityBytes)
            : content.Layout.LengthBytes;
        facts = new DumpFacts(longest, plan.Facts.CrashTimeSeconds, DumpFormat.Elf, content.ToldLevel.Value);
        meter = new ProgressMeter(longest, meter.StartMicroseconds);
        // Known before the first byte, so that even the label of a dump that never ends tells whose it is. Where it
        // cannot be computed, the write of the same bytes fails for the same reason, and tells it.
        var stream = new StagedStream(staging, isDry: true);
        Status status = WriteHeader(ref memory, ref sink, ref stream, in plan, ref content);
        if (status == Status.Ok)
        {
            facts = facts.WithHeader(front, stream.Checksum);
        }
        status = front < longest ? sink.Begin(in facts) : Status.AreaTooSmall;
        if (status != Status.Ok)
        {
            facts = default;
            return status;
        }
        stream = new StagedStream(staging);
        status = WriteHeader(ref memory, ref sink, ref stream, in plan, ref content);
        if (status != Status.Ok)
        {
            return status;
        }
        meter.MarkFirstByte(ref clock);
        meter.Advance(ref clock, ref console, front);
        var cursor = new PieceCursor(in plan, in content, front, findsUntouchable: true);
        status = new PieceWriter(longest, staging).Write(
            ref memory, ref sink, ref clock, ref console, ref content, ref cursor, in plan, ref meter);
        if (status is not (Status.Ok or Status.DumpCut))
        {
            return status;
        }
        Status drained = sink.Drain();
        bool isAsPlanned = longest < content.Layout.LengthBytes || (status == Status.Ok && cursor.EndBytes == longest);
        return !isAsPlanned ? Status.MemoryUnreadable : drained == Status.Ok ? status : drained;
    }

    private static Status WriteHeader<TMemory, TSink>(
        ref TMemory memory, ref TSink sink, ref StagedStream stream, in CapturePlan plan, ref ElfContent content)
        where TMemory : struct, IPhysicalMemory
        where TSink : struct, IDumpSink
    {
        Status status = VmcoreHeader.Write(ref memory, ref sink, ref stream, in plan, ref content);
        if (status == Status.Ok)
        {
            ulong end = content.Layout.NotePositionBytes + plan.Layout.NoteBytes;
            status = NoteCopy.Write(ref memory, ref sink, ref stream, in plan, end);
            // Where a note became unreadable since: ours stands where the header says.
            status = status == Status.Ok ? stream.PadTo(ref sink, end) : status;
        }
        if (status == Status.Ok && content.IsFiltered)
        {
            Span<byte> note = stackalloc byte[LevelNote.Bytes];
            LevelNote.Write(note, content.ToldLevel, content.Layout.LengthBytes);
            status = stream.Write(ref sink, note);
        }
        if (status == Status.Ok)
        {
            status = stream.PadTo(ref sink, content.Layout.SegmentPositionBytes);
        }
        return status == Status.Ok ? stream.Flush(ref sink) : status;
    }
}
