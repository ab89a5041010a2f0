using System;

namespace CosmosKdump.Capture.Encode.Kdump;

/// <summary>
/// The pages' data, one behind the other: collected in one half of a buffer while the sink writes the other.
/// </summary>
public ref struct PageData
{
    private readonly Span<byte> _bytes;
    private readonly ulong _address;
    private readonly ulong _limit;
    private readonly int _half;
    private ulong _flushed;
    private ulong _lastSwap;
    private int _start;
    private int _used;

    /// <summary>
    /// Data from a position on, a multiple of the page size, up to a limit. The buffer has at least two pages.
    /// </summary>
    public PageData(DmaBuffer buffer, ulong positionBytes, ulong limitBytes)
    {
        _half = buffer.Bytes.Length / 2 & -Limits.PageBytes;
        _bytes = buffer.Bytes;
        _address = buffer.Address;
        _flushed = positionBytes;
        _limit = limitBytes;
    }

    /// <summary>Where the next byte goes.</summary>
    public readonly ulong PositionBytes => _flushed + (ulong)_used;

    /// <summary>Whether so many bytes more fit below the limit.</summary>
    public readonly bool HasRoom(int bytes) => PositionBytes + (ulong)bytes <= _limit;

    /// <summary>Appends bytes; the pace is told how long the sink was waited for.</summary>
    public Status Append<TSink, TClock>(
        ref TSink sink, ref TClock clock, ref CompressionPace pace, scoped ReadOnlySpan<byte> bytes)
        where TSink : struct, IDumpSink
        where TClock : struct, IClock
    {
        while (bytes.Length > 0)
        {
            int length = Math.Min(bytes.Length, _half - _used);
            bytes[..length].CopyTo(_bytes[(_start + _used)..]);
            _used += length;
            bytes = bytes[length..];
            if (_used == _half)
            {
                Status status = Swap(ref sink, ref clock, ref pace);
                if (status != Status.Ok)
                {
                    return status;
                }
            }
        }
        return Status.Ok;
    }

    /// <summary>Writes the rest, padded to a page with zeros, and waits for it. Nothing may follow.</summary>
    public Status Finish<TSink>(ref TSink sink)
        where TSink : struct, IDumpSink
    {
        int length = (_used + Limits.PageBytes - 1) & -Limits.PageBytes;
        if (length > 0)
        {
            _bytes[(_start + _used)..(_start + length)].Clear();
            var chunk = new DumpChunk(_flushed, _address + (ulong)_start, (ulong)length);
            Status status = sink.Submit(in chunk);
            if (status != Status.Ok)
            {
                return status;
            }
        }
        return sink.Drain();
    }

    // Waits for the other half, which was given to the sink when this one was begun, and gives it this one.
    private Status Swap<TSink, TClock>(ref TSink sink, ref TClock clock, ref CompressionPace pace)
        where TSink : struct, IDumpSink
        where TClock : struct, IClock
    {
        ulong before = clock.Microseconds;
        Status status = sink.Drain();
        ulong now = clock.Microseconds;
        pace.Tell(now - before, now - _lastSwap);
        _lastSwap = now;
        if (status == Status.Ok)
        {
            var chunk = new DumpChunk(_flushed, _address + (ulong)_start, (ulong)_used);
            status = sink.Submit(in chunk);
        }
        _flushed += (ulong)_used;
        _used = 0;
        _start = _start == 0 ? _half : 0;
        return status;
    }
}
