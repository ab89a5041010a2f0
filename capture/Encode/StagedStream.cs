using System;

namespace CosmosKdump.Capture.Encode;

/// <summary>
/// Writes bytes of our own into the dump, one after the other, through a staging buffer: whenever it is full, it goes
/// to the sink, and is used again when the sink has drained. A dry one gives nothing to the sink: only its checksum is
/// asked for.
/// </summary>
public ref struct StagedStream(DmaBuffer staging, bool isDry = false)
{
    private readonly Span<byte> _bytes = staging.Bytes[..(staging.Bytes.Length & -Limits.PageBytes)];
    private readonly ulong _address = staging.Address;
    private ulong _flushedBytes;
    private int _used;
    private uint _checksum;

    /// <summary>Where the next byte goes in the dump.</summary>
    public readonly ulong PositionBytes => _flushedBytes + (ulong)_used;

    /// <summary>CRC-32C of everything that was flushed.</summary>
    public readonly uint Checksum => _checksum;

    /// <summary>Writes bytes.</summary>
    public Status Write<TSink>(ref TSink sink, scoped ReadOnlySpan<byte> bytes)
        where TSink : struct, IDumpSink
    {
        while (bytes.Length > 0)
        {
            Status status = Reserve(ref sink, (ulong)bytes.Length, out Span<byte> piece);
            if (status != Status.Ok)
            {
                return status;
            }
            bytes[..piece.Length].CopyTo(piece);
            bytes = bytes[piece.Length..];
        }
        return Status.Ok;
    }

    /// <summary>Writes bytes that lie in the crashed machine's memory; unreadable ones become zeros.</summary>
    public Status Copy<TSink, TMemory>(ref TSink sink, ref TMemory memory, ulong address, ulong lengthBytes)
        where TSink : struct, IDumpSink
        where TMemory : struct, IPhysicalMemory
    {
        ulong done = 0;
        while (done < lengthBytes)
        {
            Status status = Reserve(ref sink, lengthBytes - done, out Span<byte> piece);
            if (status != Status.Ok)
            {
                return status;
            }
            // What cannot be read was reported when the notes were sized.
            memory.Read(address + done, piece);
            done += (ulong)piece.Length;
        }
        return Status.Ok;
    }

    /// <summary>Writes zeros up to a position; nothing if it is behind.</summary>
    public Status PadTo<TSink>(ref TSink sink, ulong positionBytes)
        where TSink : struct, IDumpSink
    {
        while (PositionBytes < positionBytes)
        {
            Status status = Reserve(ref sink, positionBytes - PositionBytes, out Span<byte> piece);
            if (status != Status.Ok)
            {
                return status;
            }
            piece.Clear();
        }
        return Status.Ok;
    }

    /// <summary>Gives everything to the sink, in whole pages, and waits until the buffer is free.</summary>
    public Status Flush<TSink>(ref TSink sink)
        where TSink : struct, IDumpSink
    {
        if (_used == 0)
        {
            return Status.Ok;
        }
        int length = (_used + Limits.PageBytes - 1) & -Limits.PageBytes;
        _bytes[_used..length].Clear();
        _checksum = Crc32C.Append(_checksum, _bytes[..length]);
        var chunk = new DumpChunk(_flushedBytes, _address, (ulong)length);
        _flushedBytes += (ulong)length;
        _used = 0;
        if (isDry)
        {
            return Status.Ok;
        }
        Status status = sink.Submit(in chunk);
        return status == Status.Ok ? sink.Drain() : status;
    }

    private Status Reserve<TSink>(ref TSink sink, ulong wantedBytes, out Span<byte> piece)
        where TSink : struct, IDumpSink
    {
        piece = default;
        if (_bytes.Length == 0)
        {
            return Status.BufferTooSmall;
        }
        if (_used == _bytes.Length)
        {
            Status status = Flush(ref sink);
            if (status != Status.Ok)
            {
                return status;
            }
        }
        int length = (int)Math.Min(wantedBytes, (ulong)(_bytes.Length - _used));
        piece = _bytes.Slice(_used, length);
        _used += length;
        return Status.Ok;
    }
}
