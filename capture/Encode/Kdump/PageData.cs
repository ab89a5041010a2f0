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
    private int _given;

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

    /// <summary>Up to where the sink was given the data.</summary>
    public readonly ulong GivenBytes => _flushed + (ulong)_given;

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
        _bytes[(_start + _used)..(_start + length)].Clear();
        _used = length;
        Status status = Give(ref sink);
        return status == Status.Ok ? sink.Drain() : status;
    }

    /// <summary>Gives the sink, one that cannot read back, everything that there is.</summary>
    public Status Give<TSink>(ref TSink sink)
        where TSink : struct, IDumpSink
    {
        if (_used == _given)
        {
            return Status.Ok;
        }
        var chunk = new DumpChunk(GivenBytes, _address + (ulong)(_start + _given), (ulong)(_used - _given));
        _given = _used;
        return sink.Submit(in chunk);
    }

    // Waits for the other half, which was given to the sink when this one was begun, and gives it this one.
    private Status Swap<TSink, TClock>(ref TSink sink, ref TClock clock, ref CompressionPace pace)
        where TSink : struct, IDumpSink
        where TClock : struct, IClock
    {
        ulong before = clock.Microseconds;
        Status status = sink.Drain();
        // A sink that takes its time in Submit, as a serial line does, is waited for too.
        status = status == Status.Ok ? Give(ref sink) : status;
        ulong now = clock.Microseconds;
        pace.Tell(now - before, now - _lastSwap);
        _lastSwap = now;
        _flushed += (ulong)_used;
        _used = 0;
        _given = 0;
        _start = _start == 0 ? _half : 0;
        return status;
    }
}
