using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace CosmosKdump.Capture.Stream;

/// <summary>
/// Sends a dump over a byte channel in frames (<c>docs/serial-protocol.md</c>). A receiver that answers has every
/// window of the dump confirmed or repeated; without one the dump is sent all the same, and <see cref="Finish"/> says
/// <see cref="Status.NotConfirmed"/>. Chunks of any position and length are read and sent at once, in the order of
/// their submission; each byte is submitted once.
/// </summary>
public struct SerialSink<TChannel, TMemory, TClock> : IDumpSink
    where TChannel : struct, IByteChannel
    where TMemory : struct, IPhysicalMemory
    where TClock : struct, IClock
{
    /// <summary>Bytes of the buffer that the constructor takes.</summary>
    public const int BufferBytes = 2 * Limits.PageBytes;

    /// <summary>The line. A public field, for it is a struct that changes in place.</summary>
    public FrameLine<TChannel, TClock> Line;

    /// <summary>The memory that is sent. Public for the same reason.</summary>
    public TMemory Memory;

    private const int ChunkBytes = 24;

    private readonly HeldBuffer _window;
    private readonly bool _hasBuffer;
    private DumpFacts _facts;
    private Fill _fill;
    private int _windowChunks;
    private ulong _windowBytesSent;
    private ulong _windowMicroseconds;
    private ulong _digest;
    private ulong _payloadBytes;
    private Status _stuck;

    /// <summary>
    /// A sink over a channel, which it owns from now on. <paramref name="buffer"/> has <see cref="BufferBytes"/> and
    /// never moves.
    /// </summary>
    public SerialSink(in TChannel channel, in TMemory memory, in TClock clock, DmaBuffer buffer)
    {
        const int LineBytes = FrameLine<TChannel, TClock>.BufferBytes;
        const int WindowBytes = Limits.StreamWindowChunks * ChunkBytes;
        Memory = memory;
        _hasBuffer = buffer.Bytes.Length >= BufferBytes;
        if (_hasBuffer)
        {
            Line = new FrameLine<TChannel, TClock>(
                channel, clock, new HeldBuffer(new DmaBuffer(buffer.Bytes[..LineBytes], buffer.Address)));
            _window = new HeldBuffer(new DmaBuffer(
                buffer.Bytes.Slice(LineBytes, WindowBytes), buffer.Address + (ulong)LineBytes));
        }
    }

    /// <summary>Pages that could not be read, and pages that the receiver still missed when repeating ended.</summary>
    public ulong PagesLost { get; private set; }

    /// <inheritdoc/>
    public readonly ulong PagesWritten => InPages(_payloadBytes) - PagesLost;

    /// <inheritdoc/>
    public readonly ulong CapacityBytes => ulong.MaxValue;

    /// <inheritdoc/>
    public readonly bool CanReadBack => false;

    /// <inheritdoc/>
    public readonly Status ReadBack(in DumpChunk chunk) => Status.DeviceUnsupported;

    /// <summary>
    /// Announces the dump and looks whether a receiver answers. Errors: <see cref="Status.BufferTooSmall"/>, and
    /// those of the channel.
    /// </summary>
    public Status Begin(in DumpFacts facts)
    {
        if (!_hasBuffer)
        {
            return Status.BufferTooSmall;
        }
        _facts = facts;
        ulong now = Line.Microseconds;
        // Tells this dump from an older one on the same line, or from the frames of one in the dump itself.
        Line.Session = (uint)DumpDigest.TermOf(now ^ facts.CrashTimeSeconds, (uint)facts.LengthBytes);
        Span<byte> payload = stackalloc byte[FramePayload.BeginBytes];
        Status status = Line.Ask(
            FrameType.Begin, 0, facts.LengthBytes, Announcement(payload),
            Limits.StreamBeginAttempts, Limits.StreamBeginMicroseconds, out _);
        OpenWindow();
        return status == Status.NotConfirmed ? Status.Ok : Remember(status);
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
            DumpChunk piece = FirstPiece(in chunk, done);
            if (!TryAddToWindow(in piece))
            {
                Drain();
                TryAddToWindow(in piece);
            }
            SendPiece(in piece, isRepeat: false);
            done += piece.LengthBytes;
            if (Line.BytesSent - _windowBytesSent >= Limits.StreamWindowBytes)
            {
                Drain();
            }
        }
        return _stuck;
    }

    /// <summary>Asks for confirmation of everything sent since the last time, and repeats what is missing.</summary>
    public Status Drain()
    {
        SendFill();
        if (_stuck == Status.Ok && _windowChunks > 0)
        {
            Settle();
            OpenWindow();
        }
        return _stuck;
    }

    /// <summary>
    /// Ends the dump. <see cref="Status.Ok"/>: a receiver has the whole dump on its disk;
    /// <see cref="Status.NotConfirmed"/>: nobody said so; <see cref="Status.PagesLost"/>: some pages are not there.
    /// </summary>
    public Status Finish(Status outcome, in DumpFacts facts)
    {
        Status status = Drain();
        if (status != Status.Ok)
        {
            return outcome == Status.Ok ? status : outcome;
        }
        Span<byte> payload = stackalloc byte[FramePayload.EndBytes];
        payload.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(payload, _digest);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[8..], PagesLost + facts.PagesMissing);
        BinaryPrimitives.WriteUInt16LittleEndian(payload[16..], (ushort)outcome);
        bool hadReceiver = Line.HasReceiver;
        status = Line.Ask(
            FrameType.End, 0, facts.LengthBytes, payload,
            hadReceiver ? Limits.StreamQuestionAttempts : 1,
            hadReceiver ? Limits.StreamAnswerMicroseconds : Limits.StreamBeginMicroseconds,
            out FrameHeader answer);
        if (status == Status.Ok)
        {
            status = Line.Send(FrameType.Bye, 0, 0, default);
            bool isWhole = answer.Type == FrameType.Confirm && PagesLost == 0;
            status = status != Status.Ok || isWhole ? status : Status.PagesLost;
        }
        return outcome == Status.Ok ? status : outcome;
    }

    // Payload of Begin, in the caller's buffer.
    private readonly ReadOnlySpan<byte> Announcement(Span<byte> payload)
    {
        payload.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(payload, _facts.CrashTimeSeconds);
        payload[8] = (byte)_facts.Format;
        payload[9] = _facts.DumpLevel;
        return payload;
    }

    private readonly Span<DumpChunk> Window => MemoryMarshal.Cast<byte, DumpChunk>(_window.Bytes);

    private Status Remember(Status status)
    {
        if (status != Status.Ok && _stuck == Status.Ok)
        {
            _stuck = status;
        }
        return status;
    }

    private static ulong InPages(ulong bytes) => (bytes + Limits.PageBytes - 1) / Limits.PageBytes;

    // What one frame takes: no frame crosses the end of a page, and a page's worth of bytes is a page.
    private static DumpChunk FirstPiece(in DumpChunk chunk, ulong doneBytes)
    {
        ulong position = chunk.PositionBytes + doneBytes;
        ulong room = Limits.PageBytes - (position % Limits.PageBytes);
        return new DumpChunk(position, chunk.Address + doneBytes, Math.Min(room, chunk.LengthBytes - doneBytes));
    }

    private void OpenWindow()
    {
        _windowChunks = 0;
        _windowBytesSent = Line.BytesSent;
        _windowMicroseconds = Line.Microseconds;
    }

    // Chunks are joined where a page ends, so that a repeated piece is the same as the first time.
    private bool TryAddToWindow(in DumpChunk piece)
    {
        Span<DumpChunk> window = Window;
        if (_windowChunks > 0)
        {
            DumpChunk last = window[_windowChunks - 1];
            if (last.Address + last.LengthBytes == piece.Address
                && last.PositionBytes + last.LengthBytes == piece.PositionBytes
                && piece.PositionBytes % Limits.PageBytes == 0)
            {
                ulong length = last.LengthBytes + piece.LengthBytes;
                window[_windowChunks - 1] = new DumpChunk(last.PositionBytes, last.Address, length);
                return true;
            }
        }
        if (_windowChunks == window.Length)
        {
            return false;
        }
        window[_windowChunks++] = piece;
        return true;
    }

    private void SendPiece(in DumpChunk piece, bool isRepeat)
    {
        ulong position = piece.PositionBytes;
        Span<byte> bytes = Line.Page[..(int)piece.LengthBytes];
        Status status = Memory.Read(piece.Address, bytes);
        bool isPage = bytes.Length == Limits.PageBytes;
        ulong pattern = isPage ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;
        bool isFill = isPage && IsFilledWith(bytes, pattern);
        if (!isRepeat)
        {
            _payloadBytes += piece.LengthBytes;
            PagesLost += status == Status.Ok ? 0UL : 1UL;
            if (!isPage)
            {
                _digest += DumpDigest.TermOfPiece(position, Crc32C.Of(bytes));
            }
            else if (!isFill || pattern != 0)
            {
                _digest += DumpDigest.TermOf(position / Limits.PageBytes, Crc32C.Of(bytes));
            }
        }
        if (isFill && _fill.Continues(position, pattern))
        {
            _fill.LengthBytes += Limits.PageBytes;
            return;
        }
        SendFill();
        if (isFill)
        {
            _fill = new Fill { PositionBytes = position, LengthBytes = Limits.PageBytes, Pattern = pattern };
        }
        else if (_stuck == Status.Ok)
        {
            Remember(isPage ? Line.SendPage(position) : Line.SendPiece(position, bytes.Length));
        }
    }

    private static bool IsFilledWith(ReadOnlySpan<byte> page, ulong pattern)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(page);
        for (int i = 0; i < words.Length; i++)
        {
            if (words[i] != pattern)
            {
                return false;
            }
        }
        return true;
    }

    private void SendFill()
    {
        if (_fill.LengthBytes == 0 || _stuck != Status.Ok)
        {
            return;
        }
        Span<byte> pattern = stackalloc byte[FramePayload.FillBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(pattern, _fill.Pattern);
        ReadOnlySpan<byte> payload = _fill.Pattern == 0 ? default : pattern;
        Remember(Line.Send(FrameType.Fill, _fill.PositionBytes, _fill.LengthBytes, payload));
        _fill = default;
    }

    // Without a receiver, one more chance for one to answer: it may have come late, and not know of the dump.
    private void Settle()
    {
        if (!Line.HasReceiver)
        {
            Span<byte> payload = stackalloc byte[FramePayload.BeginBytes];
            Remember(Line.Send(FrameType.Begin, 0, _facts.LengthBytes, Announcement(payload)));
        }
        ulong missingBytes = ulong.MaxValue;
        for (int round = 0; round < Limits.StreamRepeatRounds; round++)
        {
            ulong elapsed = Line.Microseconds - _windowMicroseconds;
            ulong listen = Math.Min(elapsed / Limits.StreamListenShare, Limits.StreamListenMicroseconds);
            ReadOnlySpan<byte> ranges = WindowRanges(out ulong start, out ulong end);
            Status status = Line.Ask(
                FrameType.Checkpoint, start, end - start, ranges,
                Line.HasReceiver ? Limits.StreamQuestionAttempts : 1,
                Line.HasReceiver ? Limits.StreamAnswerMicroseconds : listen,
                out FrameHeader answer);
            if (status != Status.Ok)
            {
                Remember(status == Status.NotConfirmed ? Status.Ok : status);
                return;
            }
            if (answer.Type == FrameType.Confirm)
            {
                return;
            }
            // A round that brought something does not count.
            round = answer.LengthBytes < missingBytes ? 0 : round;
            missingBytes = Math.Min(missingBytes, Math.Min(answer.LengthBytes, end - start));
            RepeatMissing();
            if (_stuck != Status.Ok)
            {
                return;
            }
        }
        PagesLost += InPages(missingBytes);
    }

    // What the window holds: all from start to end, unless there are ranges, which lie in the line's page.
    private readonly ReadOnlySpan<byte> WindowRanges(out ulong start, out ulong end)
    {
        Span<byte> payload = Line.Page;
        ReadOnlySpan<DumpChunk> window = Window[.._windowChunks];
        start = ulong.MaxValue;
        end = 0;
        int used = 0;
        ulong rangeEnd = 0;
        for (int i = 0; i < window.Length; i++)
        {
            DumpChunk chunk = window[i];
            bool isNew = used == 0 || chunk.PositionBytes != rangeEnd;
            if (isNew)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(payload[used..], chunk.PositionBytes);
                BinaryPrimitives.WriteUInt64LittleEndian(payload[(used + 8)..], 0);
                used += FramePayload.RangeBytes;
            }
            rangeEnd = chunk.PositionBytes + chunk.LengthBytes;
            Span<byte> length = payload[(used - 8)..];
            BinaryPrimitives.WriteUInt64LittleEndian(
                length, BinaryPrimitives.ReadUInt64LittleEndian(length) + chunk.LengthBytes);
            start = Math.Min(start, chunk.PositionBytes);
            end = Math.Max(end, rangeEnd);
        }
        return used <= FramePayload.RangeBytes ? default : payload[..used];
    }

    private void RepeatMissing()
    {
        ReadOnlySpan<byte> ranges = Line.AnswerPayload;
        for (int at = 0; at + FramePayload.RangeBytes <= ranges.Length; at += FramePayload.RangeBytes)
        {
            ulong start = BinaryPrimitives.ReadUInt64LittleEndian(ranges[at..]);
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(ranges[(at + 8)..]);
            if (start < _facts.LengthBytes)
            {
                RepeatRange(start, start + Math.Min(length, _facts.LengthBytes - start));
            }
        }
        SendFill();
    }

    private void RepeatRange(ulong start, ulong end)
    {
        for (int i = 0; i < _windowChunks; i++)
        {
            DumpChunk chunk = Window[i];
            for (ulong done = 0; done < chunk.LengthBytes && _stuck == Status.Ok;)
            {
                DumpChunk piece = FirstPiece(in chunk, done);
                done += piece.LengthBytes;
                if (piece.PositionBytes < end && piece.PositionBytes + piece.LengthBytes > start)
                {
                    SendPiece(in piece, isRepeat: true);
                }
            }
        }
    }

    // A run of pages that repeat one pattern, not sent yet.
    private struct Fill
    {
        public ulong PositionBytes;
        public ulong LengthBytes;
        public ulong Pattern;

        public readonly bool Continues(ulong position, ulong pattern) =>
            LengthBytes != 0 && Pattern == pattern && PositionBytes + LengthBytes == position;
    }
}
