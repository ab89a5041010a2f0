using System;

namespace CosmosKdump.Capture.Encode.Flat;

/// <summary>
/// Writes a dump to a byte stream, as a flattened one: each chunk is a record. The end mark comes only behind a dump
/// that came to its end, so that a stream without it is known to be cut. What is written was copied, through one buffer.
/// </summary>
public struct FlatSink<TChannel, TMemory> : IDumpSink
    where TChannel : struct, IByteChannel
    where TMemory : struct, IPhysicalMemory
{
    /// <summary>Smallest buffer that the constructor takes.</summary>
    public const int SmallestBufferBytes = FlatFormat.HeaderBytes + FlatFormat.RecordBytes;

    /// <summary>The channel. A public field, for it is a struct that changes in place.</summary>
    public TChannel Channel;

    /// <summary>The memory that is sent. Public for the same reason.</summary>
    public TMemory Memory;

    // Offsets are signed.
    private const ulong Longest = long.MaxValue & ~(ulong)(Limits.PageBytes - 1);

    private readonly HeldBuffer _buffer;
    private int _used;
    private ulong _bytes;
    private ulong _lengthBytes;
    private Status _stuck;

    /// <summary>
    /// A sink over a channel, which it owns from now on. <paramref name="buffer"/> has at least
    /// <see cref="SmallestBufferBytes"/> and never moves.
    /// </summary>
    public FlatSink(in TChannel channel, in TMemory memory, DmaBuffer buffer)
    {
        Channel = channel;
        Memory = memory;
        _buffer = new HeldBuffer(buffer);
    }

    /// <summary>Pages that could not be read; the dump has zeros for them.</summary>
    public ulong PagesLost { get; private set; }

    /// <inheritdoc/>
    public readonly ulong PagesWritten => (_bytes / Limits.PageBytes) - PagesLost;

    /// <inheritdoc/>
    public readonly ulong CapacityBytes => Longest;

    /// <inheritdoc/>
    public readonly bool CanReadBack => false;

    /// <inheritdoc/>
    public readonly Status ReadBack(in DumpChunk chunk) => Status.DeviceUnsupported;

    /// <summary>Writes the header. <see cref="Status.BufferTooSmall"/>, or the channel's.</summary>
    public Status Begin(in DumpFacts facts)
    {
        if (_buffer.Bytes.Length < SmallestBufferBytes)
        {
            return Status.BufferTooSmall;
        }
        _lengthBytes = facts.LengthBytes;
        Status status = Reserve(FlatFormat.HeaderBytes, out Span<byte> header);
        if (status == Status.Ok)
        {
            FlatFormat.WriteHeader(header);
            status = Flush();
        }
        return status;
    }

    /// <inheritdoc/>
    public Status Submit(in DumpChunk chunk)
    {
        if (chunk.LengthBytes > _lengthBytes || chunk.PositionBytes > _lengthBytes - chunk.LengthBytes)
        {
            return Status.OutOfMedium;
        }
        Status status = WriteRecord((long)chunk.PositionBytes, (long)chunk.LengthBytes);
        for (ulong done = 0; done < chunk.LengthBytes && status == Status.Ok;)
        {
            ulong address = chunk.Address + done;
            ulong room = Limits.PageBytes - (address % Limits.PageBytes);
            int length = (int)Math.Min(room, chunk.LengthBytes - done);
            status = Reserve(length, out Span<byte> piece);
            if (status == Status.Ok)
            {
                PagesLost += Memory.Read(address, piece) == Status.Ok ? 0UL : 1UL;
                done += (ulong)length;
            }
        }
        _bytes += chunk.LengthBytes;
        return status;
    }

    /// <summary>Nothing to wait for: chunks were copied.</summary>
    public readonly Status Drain() => _stuck;

    /// <summary>Writes the end mark, if there is a dump, and what is in the buffer.</summary>
    public Status Finish(Status outcome, in DumpFacts facts)
    {
        Status status = DumpOutcome.IsDump(outcome) ? WriteRecord(FlatFormat.EndMark, FlatFormat.EndMark) : Status.Ok;
        status = status == Status.Ok ? Flush() : status;
        return outcome == Status.Ok ? status : outcome;
    }

    private Status WriteRecord(long offsetBytes, long lengthBytes)
    {
        Status status = Reserve(FlatFormat.RecordBytes, out Span<byte> record);
        if (status == Status.Ok)
        {
            FlatFormat.WriteRecord(record, offsetBytes, lengthBytes);
        }
        return status;
    }

    private Status Reserve(int lengthBytes, out Span<byte> piece)
    {
        Status status = lengthBytes > _buffer.Bytes.Length - _used ? Flush() : _stuck;
        piece = default;
        if (status == Status.Ok)
        {
            piece = _buffer.Bytes.Slice(_used, lengthBytes);
            _used += lengthBytes;
        }
        return status;
    }

    private Status Flush()
    {
        if (_stuck == Status.Ok && _used > 0)
        {
            _stuck = Channel.Write(_buffer.Bytes[.._used]);
        }
        _used = 0;
        return _stuck;
    }
}
