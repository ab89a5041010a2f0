using System;

namespace CosmosKdump.Capture.Stream;

/// <summary>The sender's end of the line: sends frames, and asks questions that a receiver may answer.</summary>
public struct FrameLine<TChannel, TClock>
    where TChannel : struct, IByteChannel
    where TClock : struct, IClock
{
    /// <summary>Bytes of the buffer that the constructor takes: one frame out, what came in, the last answer.</summary>
    public const int BufferBytes = OutputBytes + InputBytes + FramePayload.AnswerBytes;

    /// <summary>The channel. A public field, for it is a struct that changes in place.</summary>
    public TChannel Channel;

    /// <summary>The clock. Public for the same reason.</summary>
    public TClock Clock;

    private const int OutputBytes = 4160;
    private const int InputBytes = 1024;
    private const int ShortPayloadBytes = 24;
    private const int ShortFrameBytes = FrameHeader.Bytes + ShortPayloadBytes + FrameHeader.PayloadChecksumBytes;

    private readonly HeldBuffer _buffer;
    private uint _sequence;
    private int _inputLength;
    private int _answerLength;

    /// <summary>A line over a channel, which the line owns from now on.</summary>
    public FrameLine(in TChannel channel, in TClock clock, HeldBuffer buffer)
    {
        Channel = channel;
        Clock = clock;
        _buffer = buffer;
    }

    /// <summary>Number of the dump on the line; set before the first frame.</summary>
    public uint Session { readonly get; set; }

    /// <summary>A receiver has answered at least once, and has not fallen silent since.</summary>
    public bool HasReceiver { get; private set; }

    /// <summary>Bytes sent.</summary>
    public ulong BytesSent { get; private set; }

    /// <summary>The clock's time.</summary>
    public readonly ulong Microseconds => Clock.Microseconds;

    /// <summary>Where the caller puts a page before <see cref="SendPage"/>.</summary>
    public readonly Span<byte> Page => _buffer.Bytes.Slice(FrameHeader.Bytes, Limits.PageBytes);

    /// <summary>Payload of the last answer, until the next question.</summary>
    public readonly ReadOnlySpan<byte> AnswerPayload => Answer[.._answerLength];

    /// <summary>Sends what lies in <see cref="Page"/>.</summary>
    public Status SendPage(ulong positionBytes) => Seal(
        _buffer.Bytes[..OutputBytes], FrameType.Page, positionBytes, Limits.PageBytes, Limits.PageBytes);

    /// <summary>Sends the first bytes of what lies in <see cref="Page"/>.</summary>
    public Status SendPiece(ulong positionBytes, int lengthBytes) => Seal(
        _buffer.Bytes[..OutputBytes], FrameType.Piece, positionBytes, (ulong)lengthBytes, lengthBytes);

    /// <summary>Sends a frame with a payload of at most 24 bytes, or one that lies in <see cref="Page"/>.</summary>
    public Status Send(FrameType type, ulong positionBytes, ulong lengthBytes, ReadOnlySpan<byte> payload)
    {
        // A page that waits to be sent stays as it is.
        Span<byte> shortFrame = stackalloc byte[ShortFrameBytes];
        Span<byte> frame = payload.Length > ShortPayloadBytes ? _buffer.Bytes[..OutputBytes] : shortFrame;
        payload.CopyTo(frame[FrameHeader.Bytes..]);
        return Seal(frame, type, positionBytes, lengthBytes, payload.Length);
    }

    /// <summary>
    /// Sends a question up to <paramref name="attempts"/> times and waits for the answer each time.
    /// <see cref="Status.NotConfirmed"/>: nobody answered, and nobody counts as a receiver any more.
    /// </summary>
    public Status Ask(
        FrameType type,
        ulong positionBytes,
        ulong lengthBytes,
        ReadOnlySpan<byte> payload,
        int attempts,
        ulong waitMicroseconds,
        out FrameHeader answer)
    {
        uint firstSequence = _sequence;
        for (int i = 0; i < attempts; i++)
        {
            Status status = Send(type, positionBytes, lengthBytes, payload);
            if (status != Status.Ok)
            {
                answer = default;
                return status;
            }
            if (Listen(firstSequence, waitMicroseconds, out answer))
            {
                HasReceiver = true;
                return Status.Ok;
            }
        }
        answer = default;
        HasReceiver = false;
        return Status.NotConfirmed;
    }

    private readonly Span<byte> Input => _buffer.Bytes.Slice(OutputBytes, InputBytes);

    private readonly Span<byte> Answer =>
        _buffer.Bytes.Slice(OutputBytes + InputBytes, FramePayload.AnswerBytes);

    private Status Seal(Span<byte> frame, FrameType type, ulong positionBytes, ulong lengthBytes, int payloadBytes)
    {
        var header = new FrameHeader
        {
            Type = type,
            PayloadBytes = (ushort)payloadBytes,
            Session = Session,
            Sequence = _sequence++,
            PositionBytes = positionBytes,
            LengthBytes = lengthBytes,
        };
        header.Seal(frame);
        BytesSent += (ulong)header.FrameBytes;
        return Transmit(frame[..header.FrameBytes]);
    }

    // A line with flow control may rest while its receiver is busy. Part of the frame may be on the line then, so the
    // whole is sent again: the receiver takes the part for a damaged frame.
    private Status Transmit(ReadOnlySpan<byte> frame)
    {
        Status status = Channel.Write(frame);
        if (status != Status.ChannelStuck)
        {
            return status;
        }
        ulong start = Clock.Microseconds;
        do
        {
            status = Channel.Write(frame);
        }
        while (status == Status.ChannelStuck && Clock.Microseconds - start < Limits.StreamStuckMicroseconds);
        return status;
    }

    // Answers to questions older than the present one are of no use, and neither is any other frame.
    private bool Listen(uint firstSequence, ulong waitMicroseconds, out FrameHeader answer)
    {
        ulong start = Clock.Microseconds;
        do
        {
            _inputLength += Channel.Read(Input[_inputLength..]);
            while (TryTakeFrame(out answer))
            {
                bool isAnswer = answer.Type is FrameType.Confirm or FrameType.Repeat
                    && answer.Session == Session
                    && (int)(answer.Sequence - firstSequence) >= 0;
                if (isAnswer)
                {
                    return true;
                }
            }
        }
        while (Clock.Microseconds - start < waitMicroseconds);
        answer = default;
        return false;
    }

    private bool TryTakeFrame(out FrameHeader header)
    {
        while (true)
        {
            FrameEvent found = FrameDecoder.Next(
                Input[.._inputLength], false, FramePayload.AnswerBytes,
                out int consumed, out header, out ReadOnlySpan<byte> payload);
            if (found == FrameEvent.NeedMore)
            {
                return false;
            }
            if (found == FrameEvent.Frame)
            {
                payload.CopyTo(Answer);
                _answerLength = payload.Length;
            }
            Input[consumed.._inputLength].CopyTo(Input);
            _inputLength -= consumed;
            if (found == FrameEvent.Frame)
            {
                return true;
            }
        }
    }
}
