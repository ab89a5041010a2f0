using System;
using System.Buffers.Binary;
using CosmosKdump.Capture.Encode.Kdump;

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
    public const int SmallestBufferBytes = (2 * Limits.PageBytes) + FlatFormat.RecordBytes;

    /// <summary>The channel. A public field, for it is a struct that changes in place.</summary>
    public TChannel Channel;

    /// <summary>The memory that is sent. Public for the same reason.</summary>
    public TMemory Memory;

    // Offsets are signed.
    private const ulong Longest = long.MaxValue & ~(ulong)(Limits.PageBytes - 1);

    private readonly HeldBuffer _buffer;
    private int _used;
    private ulong _records;
    private ulong _bytes;
    private ulong _lengthBytes;
    // Of the record at the start of a kdump-compressed dump: a copy of it lies at the end of the buffer.
    private int _headerBytes;
    private bool _isKdump;
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
        _isKdump = facts.Format == DumpFormat.Kdump;
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
        if (chunk.PositionBytes == 0 && _isKdump && status == Status.Ok)
        {
            KeepHeader(in chunk);
        }
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

    /// <summary>
    /// Writes the end mark, if there is a dump, and what is in the buffer. A kdump-compressed dump that turned out to lack
    /// pages gets its header again before, with the flag of an incomplete dump: a later record replaces an earlier one.
    /// </summary>
    public Status Finish(Status outcome, in DumpFacts facts)
    {
        bool isDump = DumpOutcome.IsDump(outcome);
        Status status = isDump && outcome != Status.Ok && _headerBytes != 0 ? RepeatHeader() : Status.Ok;
        status = isDump && status == Status.Ok ? WriteRecord(FlatFormat.EndMark, FlatFormat.EndMark) : status;
        status = status == Status.Ok ? Flush() : status;
        return outcome == Status.Ok ? status : outcome;
    }

    // The first chunk is the header alone, for which there is always room.
    private void KeepHeader(in DumpChunk chunk)
    {
        if (chunk.LengthBytes <= (ulong)(_buffer.Bytes.Length - _used) / 2)
        {
            Span<byte> header = _buffer.Bytes[^(int)chunk.LengthBytes..];
            bool isRead = Memory.Read(chunk.Address, header) == Status.Ok;
            _headerBytes = isRead && header.Length >= Limits.PageBytes ? header.Length : 0;
        }
    }

    // All of the record, as often as it takes for every reader to meet a new one.
    private Status RepeatHeader()
    {
        Span<byte> header = _buffer.Bytes[^_headerBytes..];
        Span<byte> flags = header[KdumpHeader.StatusAt..];
        BinaryPrimitives.WriteUInt32LittleEndian(
            flags, BinaryPrimitives.ReadUInt32LittleEndian(flags) | KdumpHeader.Incomplete);
        for (ulong copies = FlatFormat.HeaderCopies(_records); copies > 0 && _stuck == Status.Ok; copies--)
        {
            Status status = WriteRecord(0, _headerBytes);
            status = status == Status.Ok ? Flush() : status;
            _stuck = status == Status.Ok ? Channel.Write(header) : status;
        }
        return _stuck;
    }

    private Status WriteRecord(long offsetBytes, long lengthBytes)
    {
        Status status = Reserve(FlatFormat.RecordBytes, out Span<byte> record);
        if (status == Status.Ok)
        {
            FlatFormat.WriteRecord(record, offsetBytes, lengthBytes);
            _records++;
        }
        return status;
    }

    private Status Reserve(int lengthBytes, out Span<byte> piece)
    {
        Status status = lengthBytes > _buffer.Bytes.Length - _headerBytes - _used ? Flush() : _stuck;
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
