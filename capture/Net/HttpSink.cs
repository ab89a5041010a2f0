using System;
using System.Buffers.Binary;
using CosmosKdump.Capture.Encode.Flat;
using CosmosKdump.Capture.Encode.Kdump;

namespace CosmosKdump.Capture.Net;

/// <summary>
/// Uploads a dump by HTTP PUT (RFC 9112): an ELF dump as it is, its length told beforehand; a kdump-compressed one
/// flattened, in chunks. The card reads pages from where they lie.
/// </summary>
public struct HttpSink<TLink, TClock, TMemory> : IDumpSink
    where TLink : struct, INetworkLink
    where TClock : struct, IClock
    where TMemory : struct, IPhysicalMemory
{
    /// <summary>Bytes of the buffer that the constructor takes.</summary>
    public const int BufferBytes = HeadsBytes + TcpConnection<TLink, TClock, TMemory>.BufferBytes;

    /// <summary>The connection. A public field, for it is a struct that changes in place.</summary>
    public TcpConnection<TLink, TClock, TMemory> Connection;

    /// <summary>Where the dump goes. Public for the same reason.</summary>
    public HttpTarget Target;

    // A page that is read, and the first one of the dump.
    private const int HeadsBytes = 2 * Limits.PageBytes;
    private const int RunBytes = 256 * 1024;
    private const int ChunkHeadBytes = 48;

    private readonly HeldBuffer _page;
    private readonly HeldBuffer _header;
    private DumpFacts _facts;
    private HttpAnswer _answer;
    private ulong _bytes;
    private ulong _records;
    private Status _stuck;
    private bool _isFlat;
    private bool _hasChunk;
    private bool _hasHeader;

    /// <summary>
    /// A sink over a link, which it owns from now on; its connection is to be opened before <see cref="Begin"/>.
    /// <paramref name="buffer"/> has <see cref="BufferBytes"/> and never moves.
    /// </summary>
    public HttpSink(in TLink link, in TClock clock, in TMemory memory, DmaBuffer buffer, in HttpTarget target)
    {
        Target = target;
        _page = new HeldBuffer(new DmaBuffer(buffer.Bytes[..Limits.PageBytes], buffer.Address));
        _header = new HeldBuffer(new DmaBuffer(
            buffer.Bytes[Limits.PageBytes..HeadsBytes], buffer.Address + Limits.PageBytes));
        Connection = new TcpConnection<TLink, TClock, TMemory>(
            in link, in clock, in memory,
            new DmaBuffer(buffer.Bytes[HeadsBytes..], buffer.Address + HeadsBytes));
    }

    /// <summary>Pages that could not be read; the dump has zeros for what is missing of them.</summary>
    public ulong PagesLost { get; private set; }

    /// <inheritdoc/>
    public readonly ulong PagesWritten => (_bytes / Limits.PageBytes) - Math.Min(PagesLost, _bytes / Limits.PageBytes);

    /// <inheritdoc/>
    public readonly ulong CapacityBytes => long.MaxValue & ~(ulong)(Limits.PageBytes - 1);

    /// <inheritdoc/>
    public readonly bool CanReadBack => false;

    /// <summary>The server's status line, as far as it is known; empty if there is none.</summary>
    public readonly ReadOnlySpan<byte> StatusLine => _answer.LineOf(Connection.Input);

    /// <inheritdoc/>
    public readonly Status ReadBack(in DumpChunk chunk) => Status.DeviceUnsupported;

    /// <summary>Sends the head of the request. Errors: those of the connection.</summary>
    public Status Begin(in DumpFacts facts)
    {
        _facts = facts;
        _isFlat = facts.Format == DumpFormat.Kdump;
        Span<byte> buffer = stackalloc byte[HttpTarget.HeadBytes];
        var head = new HttpText(buffer);
        Target.AppendHead(ref head, in facts, _isFlat);
        _stuck = head.IsCut ? Status.BadOptionValue : Connection.SendCopy(head.Text);
        if (_isFlat && _stuck == Status.Ok)
        {
            FlatFormat.WriteHeader(_page.Bytes);
            SendChunkHead(FlatFormat.HeaderBytes, default);
            SendMemory(_page.Address, FlatFormat.HeaderBytes);
            return Drain();
        }
        return _stuck;
    }

    /// <inheritdoc/>
    public Status Submit(in DumpChunk chunk)
    {
        bool isInside = chunk.LengthBytes <= _facts.LengthBytes
            && chunk.PositionBytes <= _facts.LengthBytes - chunk.LengthBytes;
        if (!isInside || (!_isFlat && chunk.PositionBytes != _bytes))
        {
            return Status.OutOfMedium;
        }
        for (ulong done = 0; done < chunk.LengthBytes && _stuck == Status.Ok;)
        {
            ulong position = chunk.PositionBytes + done;
            // The first page of a flattened dump is a record of its own, for it may have to come again.
            ulong most = _isFlat && position < Limits.PageBytes ? Limits.PageBytes - position : RunBytes;
            int length = (int)Math.Min(most, chunk.LengthBytes - done);
            SendRun(position, chunk.Address + done, length);
            if (_isFlat && position == 0 && length == Limits.PageBytes)
            {
                _hasHeader = Connection.Engine.Memory.Read(chunk.Address, _header.Bytes) == Status.Ok;
            }
            done += (ulong)length;
            _bytes += (ulong)length;
        }
        LookAtAnswer();
        return _stuck;
    }

    /// <summary>Waits until the server's system has everything.</summary>
    public Status Drain()
    {
        _stuck = _stuck == Status.Ok ? Connection.Drain() : _stuck;
        LookAtAnswer();
        return _stuck;
    }

    /// <summary>
    /// Ends the request and waits for the server's answer. <see cref="Status.HttpRefused"/>: it is no success;
    /// <see cref="Status.NotConfirmed"/>: there is none. A flattened dump that lacks pages gets its header again before,
    /// with the flag of an incomplete dump.
    /// </summary>
    public Status Finish(Status outcome, in DumpFacts facts)
    {
        if (!DumpOutcome.IsDump(outcome))
        {
            return outcome;
        }
        if (_isFlat)
        {
            if (outcome != Status.Ok && _hasHeader)
            {
                RepeatHeader();
            }
            Span<byte> record = stackalloc byte[FlatFormat.RecordBytes];
            FlatFormat.WriteRecord(record, FlatFormat.EndMark, FlatFormat.EndMark);
            SendChunkHead(0, record);
            _stuck = _stuck == Status.Ok ? Connection.SendCopy("\r\n0\r\n\r\n"u8) : _stuck;
        }
        Status status = Drain();
        ulong start = Connection.Microseconds;
        while (status == Status.Ok && !_answer.IsComplete)
        {
            ulong waited = Connection.Microseconds - start;
            if (Connection.IsPeerDone || waited >= Limits.ConfirmMicroseconds)
            {
                return Connection.IsPeerDone ? Status.ConnectionClosed : Status.NotConfirmed;
            }
            status = Connection.Wait(Limits.ConfirmMicroseconds - waited);
            LookAtAnswer();
            status = _stuck != Status.Ok ? _stuck : status;
        }
        return status == Status.Ok ? outcome : status;
    }

    // An answer before the end is a refusal, but for those that say to go on.
    private void LookAtAnswer()
    {
        if (_stuck is not (Status.Ok or Status.ConnectionReset) || Connection.Input.Length == 0)
        {
            _stuck = _stuck == Status.Ok && Connection.IsPeerDone && !_answer.IsComplete ? Status.ConnectionClosed : _stuck;
            return;
        }
        Status status = _answer.Read(Connection.Input, out int consumed);
        if (consumed > 0)
        {
            Connection.Take(consumed);
        }
        _stuck = status == Status.Ok ? _stuck : status;
    }

    private void RepeatHeader()
    {
        Span<byte> flags = _header.Bytes[KdumpHeader.StatusAt..];
        BinaryPrimitives.WriteUInt32LittleEndian(
            flags, BinaryPrimitives.ReadUInt32LittleEndian(flags) | KdumpHeader.Incomplete);
        for (ulong copies = FlatFormat.HeaderCopies(_records); copies > 0 && _stuck == Status.Ok; copies--)
        {
            SendRun(0, _header.Address, Limits.PageBytes);
        }
    }

    private void SendRun(ulong position, ulong address, int lengthBytes)
    {
        if (_isFlat)
        {
            Span<byte> record = stackalloc byte[FlatFormat.RecordBytes];
            FlatFormat.WriteRecord(record, (long)position, lengthBytes);
            SendChunkHead(lengthBytes, record);
            _records++;
        }
        int sent = 0;
        for (int done = 0; done < lengthBytes;)
        {
            int length = Math.Min(Limits.PageBytes, lengthBytes - done);
            bool isReadable = Connection.Engine.Memory.Read(address + (ulong)done, _page.Bytes[..length]) == Status.Ok;
            if (!isReadable)
            {
                // What could be read of it was copied; the copy must be gone before the next one is made.
                PagesLost++;
                SendMemory(address + (ulong)sent, done - sent);
                SendMemory(_page.Address, length);
                _stuck = _stuck == Status.Ok ? Connection.Drain() : _stuck;
                sent = done + length;
            }
            done += length;
        }
        SendMemory(address + (ulong)sent, lengthBytes - sent);
    }

    private void SendMemory(ulong address, int lengthBytes)
    {
        if (lengthBytes > 0 && _stuck == Status.Ok)
        {
            _stuck = Connection.Send(address, lengthBytes);
        }
    }

    // RFC 9112, 7.1: the length in hexadecimal digits, the bytes, and each with a line end behind it.
    private void SendChunkHead(int dataBytes, scoped ReadOnlySpan<byte> record)
    {
        Span<byte> buffer = stackalloc byte[ChunkHeadBytes];
        var head = new HttpText(buffer);
        if (_hasChunk)
        {
            head.Add("\r\n"u8);
        }
        _hasChunk = true;
        head.AddHex((uint)(dataBytes + record.Length));
        head.Add("\r\n"u8);
        head.Add(record);
        _stuck = _stuck == Status.Ok ? Connection.SendCopy(head.Text) : _stuck;
    }
}
