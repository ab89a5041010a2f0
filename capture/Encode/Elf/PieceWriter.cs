using System;
using CosmosKdump.Capture.Filter;

namespace CosmosKdump.Capture.Encode.Elf;

/// <summary>
/// Gives the pieces of a vmcore to a sink, from where they lie and as large as can be; for pages that must not
/// be touched, zeros.
/// </summary>
public readonly ref struct PieceWriter
{
    private readonly ulong _limit;
    private readonly ulong _zeros;

    /// <summary>Pieces up to a position in the dump; the sink has done with <paramref name="staging"/>.</summary>
    public PieceWriter(ulong limitBytes, DmaBuffer staging)
    {
        _limit = limitBytes;
        _zeros = staging.Address;
        staging.Bytes[..Limits.PageBytes].Clear();
    }

    /// <summary>
    /// Writes all pieces, and waits for none. <see cref="Status.DumpCut"/>: the limit is reached; any other status than
    /// <see cref="Status.Ok"/> is the sink's.
    /// </summary>
    public Status Write<TMemory, TSink, TClock, TConsole>(
        ref TMemory memory,
        ref TSink sink,
        ref TClock clock,
        ref TConsole console,
        ref ElfContent content,
        ref PieceCursor cursor,
        scoped in CapturePlan plan,
        ref ProgressMeter meter)
        where TMemory : struct, IPhysicalMemory
        where TSink : struct, IDumpSink
        where TClock : struct, IClock
        where TConsole : struct, IConsole
    {
        Status status = Status.Ok;
        while (status == Status.Ok && cursor.MoveNext(ref memory, ref content))
        {
            ulong done = 0;
            while (done < cursor.LengthBytes && status == Status.Ok)
            {
                ulong position = cursor.PositionBytes + done;
                ulong length = Math.Min(cursor.LengthBytes - done, Math.Min(meter.PieceBytes, _limit - position));
                if (length == 0)
                {
                    return Status.DumpCut;
                }
                ulong address = plan.Low.Translate(cursor.Source + done, ref length);
                if (cursor.HasUntouchable)
                {
                    ulong pfn = cursor.Pfn + (done / Limits.PageBytes);
                    bool isZeros = content.Filter.IsUntouchable(ref memory, pfn);
                    length = SameBytes(ref memory, ref content.Filter, pfn, isZeros, length);
                    address = isZeros ? _zeros : address;
                }
                var chunk = new DumpChunk(position, address, length);
                status = sink.Submit(in chunk);
                done += length;
                if (status == Status.Ok)
                {
                    meter.Advance(ref clock, ref console, length);
                }
            }
            if (cursor.HasUntouchable)
            {
                cursor.Forget();
            }
        }
        return status;
    }

    // How far pages are like this one; zeros are given one page at a time, for there is one of them.
    private static ulong SameBytes<TMemory>(
        ref TMemory memory, ref PageFilter filter, ulong pfn, bool isZeros, ulong length)
        where TMemory : struct, IPhysicalMemory
    {
        ulong same = Limits.PageBytes;
        while (!isZeros && same < length && !filter.IsUntouchable(ref memory, pfn + (same / Limits.PageBytes)))
        {
            same += Limits.PageBytes;
        }
        return same;
    }
}
