using System;
using System.Buffers.Binary;
using CosmosKdump.Capture.Encode;
using CosmosKdump.Capture.Stream;

namespace CosmosKdump.Capture.Net;

/// <summary>
/// Sends a dump over a TCP connection to <c>ckdump receive --listen</c> (<c>docs/network-protocol.md</c>). Every page is
/// read once, for the digest and to see whether it can be; the card reads it from where it lies.
/// </summary>
public struct TcpSink<TLink, TClock, TMemory> : IDumpSink
    where TLink : struct, INetworkLink
    where TClock : struct, IClock
    where TMemory : struct, IPhysicalMemory
{
    /// <summary>Bytes of the buffer that the constructor takes.</summary>
    public const int BufferBytes = Limits.PageBytes + TcpConnection<TLink, TClock, TMemory>.BufferBytes;

    /// <summary>The connection. A public field, for it is a struct that changes in place.</summary>
    public TcpConnection<TLink, TClock, TMemory> Connection;

    private readonly HeldBuffer _page;
    private DumpFacts _facts;
    private StreamDigest _digest;
    private DumpChunk _run;
    private DumpChunk _fill;
    private ulong _bytes;
    private uint _session;
    private uint _sequence;
    private Status _stuck;

    /// <summary>
    /// A sink over a link, which it owns from now on; its connection is to be opened before <see cref="Begin"/>.
    /// <paramref name="buffer"/> has <see cref="BufferBytes"/> and never moves.
    /// </summary>
    public TcpSink(in TLink link, in TClock clock, in TMemory memory, DmaBuffer buffer)
    {
        _page = new HeldBuffer(new DmaBuffer(buffer.Bytes[..Limits.PageBytes], buffer.Address));
        Connection = new TcpConnection<TLink, TClock, TMemory>(
            in link, in clock, in memory,
            new DmaBuffer(buffer.Bytes[Limits.PageBytes..], buffer.Address + Limits.PageBytes));
    }

    /// <summary>Pages that could not be read; the dump has zeros for what is missing of them.</summary>
    public ulong PagesLost { get; private set; }

    /// <inheritdoc/>
    public readonly ulong PagesWritten => (_bytes / Limits.PageBytes) - Math.Min(PagesLost, _bytes / Limits.PageBytes);

    /// <inheritdoc/>
    public readonly ulong CapacityBytes => long.MaxValue & ~(ulong)(Limits.PageBytes - 1);

    /// <inheritdoc/>
    public readonly bool CanReadBack => false;

    /// <inheritdoc/>
    public readonly Status ReadBack(in DumpChunk chunk) => Status.DeviceUnsupported;

    /// <summary>Announces the dump. Errors: those of the connection.</summary>
    public Status Begin(in DumpFacts facts)
    {
        _facts = facts;
        _session = (uint)DumpDigest.TermOf(Connection.Microseconds, (uint)facts.CrashTimeSeconds);
        Span<byte> payload = stackalloc byte[FramePayload.BeginBytes];
        StreamFrames.WriteBegin(payload, in facts);
        return SendFrame(FrameType.Begin, 0, facts.LengthBytes, payload);
    }

    /// <inheritdoc/>
    public Status Submit(in DumpChunk chunk)
    {
        if (chunk.LengthBytes > _facts.LengthBytes || chunk.PositionBytes > _facts.LengthBytes - chunk.LengthBytes)
        {
            return Status.OutOfMedium;
        }
        for (ulong done = 0; done < chunk.LengthBytes && _stuck == Status.Ok;)
        {
            ulong length = Math.Min(Limits.PageBytes, chunk.LengthBytes - done);
            SubmitBlock(new DumpChunk(chunk.PositionBytes + done, chunk.Address + done, length));
            done += length;
        }
        SendRun();
        _bytes += chunk.LengthBytes;
        if (_stuck == Status.Ok && Connection.IsPeerDone)
        {
            _stuck = Status.ConnectionClosed;
        }
        return _stuck;
    }

    /// <summary>Waits until the receiver's system has everything.</summary>
    public Status Drain()
    {
        SendFill();
        return Settle();
    }

    /// <summary>
    /// Ends the dump. <see cref="Status.Ok"/>: the receiver has the whole dump on its disk, with the same digest;
    /// <see cref="Status.FrameCorrupt"/>: it has something else; <see cref="Status.NotConfirmed"/>: it did not say.
    /// </summary>
    public Status Finish(Status outcome, in DumpFacts facts)
    {
        Status status = Drain();
        if (status == Status.Ok)
        {
            Span<byte> payload = stackalloc byte[FramePayload.EndBytes];
            StreamFrames.WriteEnd(payload, _digest.Value, PagesLost + facts.PagesMissing, outcome);
            status = SendFrame(FrameType.End, 0, facts.LengthBytes, payload);
        }
        status = status == Status.Ok ? Settle() : status;
        status = status == Status.Ok ? AwaitAnswer() : status;
        return outcome == Status.Ok || status != Status.Ok ? status : outcome;
    }

    private Status Settle()
    {
        _stuck = _stuck == Status.Ok ? Connection.Drain() : _stuck;
        return _stuck;
    }

    private void SubmitBlock(in DumpChunk block)
    {
        Span<byte> bytes = _page.Bytes[..(int)block.LengthBytes];
        Status status = Connection.Engine.Memory.Read(block.Address, bytes);
        bool isPage = bytes.Length == Limits.PageBytes && block.PositionBytes % Limits.PageBytes == 0;
        if (isPage && RepeatedWord.TryFind(bytes, out ulong pattern))
        {
            AddFill(block.PositionBytes, pattern);
            PagesLost += status == Status.Ok ? 0UL : 1UL;
            return;
        }
        SendFill();
        _digest.AddBlock(block.PositionBytes, bytes);
        if (status == Status.Ok)
        {
            ulong length = _run.LengthBytes;
            _run = length == 0 ? block : new DumpChunk(_run.PositionBytes, _run.Address, length + block.LengthBytes);
            if (_run.LengthBytes + Limits.PageBytes > StreamFrames.MostRunBytes)
            {
                SendRun();
            }
            return;
        }
        // What could be read of it was copied.
        PagesLost++;
        SendRun();
        _run = new DumpChunk(block.PositionBytes, _page.Address, block.LengthBytes);
        SendRun();
        Settle();
    }

    // The address of a fill is what it repeats.
    private void AddFill(ulong position, ulong pattern)
    {
        SendRun();
        bool goesOn = _fill.LengthBytes != 0 && _fill.Address == pattern
            && _fill.PositionBytes + _fill.LengthBytes == position;
        if (!goesOn)
        {
            SendFill();
        }
        _fill = goesOn
            ? new DumpChunk(_fill.PositionBytes, pattern, _fill.LengthBytes + Limits.PageBytes)
            : new DumpChunk(position, pattern, Limits.PageBytes);
    }

    private void SendFill()
    {
        if (_fill.LengthBytes == 0)
        {
            return;
        }
        Span<byte> pattern = stackalloc byte[FramePayload.FillBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(pattern, _fill.Address);
        _digest.AddFill(_fill.PositionBytes, _fill.LengthBytes, _fill.Address);
        SendFrame(
            FrameType.Fill, _fill.PositionBytes, _fill.LengthBytes,
            _fill.Address == 0 ? default(ReadOnlySpan<byte>) : pattern);
        _fill = default;
    }

    private void SendRun()
    {
        if (_run.LengthBytes == 0)
        {
            return;
        }
        if (SendFrame(FrameType.Run, _run.PositionBytes, _run.LengthBytes, default) == Status.Ok)
        {
            _stuck = Connection.Send(_run.Address, (int)_run.LengthBytes);
        }
        _run = default;
    }

    private Status SendFrame(FrameType type, ulong positionBytes, ulong lengthBytes, scoped ReadOnlySpan<byte> payload)
    {
        if (_stuck != Status.Ok)
        {
            return _stuck;
        }
        Span<byte> frame = stackalloc byte[StreamFrames.MostFrameBytes];
        payload.CopyTo(frame[FrameHeader.Bytes..]);
        var header = new FrameHeader
        {
            Type = type,
            PayloadBytes = (ushort)payload.Length,
            Session = _session,
            Sequence = _sequence++,
            PositionBytes = positionBytes,
            LengthBytes = lengthBytes,
        };
        header.Seal(frame);
        _stuck = Connection.SendCopy(frame[..header.FrameBytes]);
        return _stuck;
    }

    private Status AwaitAnswer()
    {
        ulong start = Connection.Microseconds;
        while (true)
        {
            FrameEvent found = FrameDecoder.Next(
                Connection.Input, Connection.IsPeerDone, FramePayload.AnswerBytes,
                out int consumed, out FrameHeader header, out _);
            if (found == FrameEvent.Frame && header.Session == _session)
            {
                return header.Type == FrameType.Confirm ? Status.Ok : Status.FrameCorrupt;
            }
            Connection.Take(consumed);
            if (found != FrameEvent.NeedMore)
            {
                continue;
            }
            ulong waited = Connection.Microseconds - start;
            if (Connection.IsPeerDone || waited >= Limits.ConfirmMicroseconds)
            {
                return Connection.IsPeerDone ? Status.ConnectionClosed : Status.NotConfirmed;
            }
            _stuck = Connection.Wait(Limits.ConfirmMicroseconds - waited);
            if (_stuck != Status.Ok)
            {
                return _stuck;
            }
        }
    }
}
