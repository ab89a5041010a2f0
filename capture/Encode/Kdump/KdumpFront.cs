using System;
using CosmosKdump.Capture.Filter;

namespace CosmosKdump.Capture.Encode.Kdump;

/// <summary>Writes what lies in a kdump-compressed dump before the pages' data.</summary>
public static class KdumpFront
{
    /// <summary>Writes header, sub header and notes, and flushes them.</summary>
    public static Status WriteHeader<TMemory, TSink>(
        ref TMemory memory,
        ref TSink sink,
        ref StagedStream stream,
        scoped in CapturePlan plan,
        in KdumpLayout layout,
        DumpLevel level,
        uint flags)
        where TMemory : struct, IPhysicalMemory
        where TSink : struct, IDumpSink
    {
        Span<byte> page = stackalloc byte[Limits.PageBytes];
        KdumpHeader.Write(ref memory, in plan, in layout, flags, page);
        Status status = stream.Write(ref sink, page);
        // By itself, so that a sink that cannot go back can repeat it when the dump turned out incomplete, however many
        // notes follow.
        if (status == Status.Ok && !sink.CanReadBack)
        {
            status = stream.Flush(ref sink);
        }
        if (status == Status.Ok)
        {
            KdumpHeader.WriteSub(in plan, in layout, level, page);
            status = stream.Write(ref sink, page[..KdumpHeader.SubHeaderBytes]);
        }
        if (status == Status.Ok)
        {
            ulong end = KdumpLayout.NotePositionBytes + layout.NoteBytes;
            status = NoteCopy.Write(ref memory, ref sink, ref stream, in plan, end);
        }
        if (status == Status.Ok)
        {
            status = stream.PadTo(ref sink, layout.BitmapPositionBytes);
        }
        return status == Status.Ok ? stream.Flush(ref sink) : status;
    }

    /// <summary>
    /// Writes both bitmaps, of all pages of memory and of those in the dump (bit 0 of a byte is the lowest page), and
    /// page descriptors of zeros, behind the header.
    /// </summary>
    public static Status WriteTables<TMemory, TSink>(
        ref TMemory memory,
        ref TSink sink,
        ref StagedStream stream,
        ref PageFilter filter,
        in KdumpLayout layout)
        where TMemory : struct, IPhysicalMemory
        where TSink : struct, IDumpSink
    {
        Status status = WriteBitmap(ref memory, ref sink, ref stream, ref filter, ofDump: false);
        if (status == Status.Ok)
        {
            status = WriteBitmap(ref memory, ref sink, ref stream, ref filter, ofDump: true);
        }
        if (status == Status.Ok && sink.CanReadBack)
        {
            // What lay on the disk before must not pass for descriptors when the dump is cut short.
            status = stream.PadTo(ref sink, layout.DataPositionBytes);
        }
        return status == Status.Ok ? stream.Flush(ref sink) : status;
    }

    private static Status WriteBitmap<TMemory, TSink>(
        ref TMemory memory, ref TSink sink, ref StagedStream stream, ref PageFilter filter, bool ofDump)
        where TMemory : struct, IPhysicalMemory
        where TSink : struct, IDumpSink
    {
        Span<byte> bits = stackalloc byte[FilterUnit.Pages / 8];
        uint kept = KindSet.Kept(filter.Level);
        Status status = Status.Ok;
        ulong units = filter.Units;
        for (ulong unit = 0; unit < units && status == Status.Ok; unit++)
        {
            bits.Clear();
            bool isEmpty = ofDump && filter.CanSkip(unit, kept, out ulong one, out _) && one == 1;
            if (!isEmpty && (ofDump ? filter.Load(ref memory, unit) : filter.LoadMemory(unit)))
            {
                Pack(in filter, ofDump, bits);
            }
            status = stream.Write(ref sink, bits);
        }
        return status;
    }

    private static void SetBits(Span<byte> bits, int start, int end)
    {
        int at = start;
        while (at < end)
        {
            if (at % 8 == 0 && end - at >= 8)
            {
                int bytes = (end - at) / 8;
                bits.Slice(at / 8, bytes).Fill(0xFF);
                at += bytes * 8;
                continue;
            }
            bits[at / 8] |= (byte)(1 << (at % 8));
            at++;
        }
    }

    private static void Pack(in PageFilter filter, bool ofDump, Span<byte> bits)
    {
        ReadOnlySpan<PageKind> kinds = filter.Kinds;
        uint set = ofDump ? KindSet.Kept(filter.Level) : ~KindSet.Of(PageKind.Hole);
        int start = KindRuns.Next(kinds, 0, set);
        while (start < kinds.Length)
        {
            int end = KindRuns.End(kinds, start);
            SetBits(bits, start, end);
            start = KindRuns.Next(kinds, end, set);
        }
    }
}
