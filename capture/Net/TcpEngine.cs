using System;

namespace CosmosKdump.Capture.Net;

/// <summary>
/// Segments of one TCP connection (RFC 9293): makes them of what is queued, takes those that arrive, looks at the timers.
/// Polled: it lives only inside its calls. <see cref="TcpConnection{TLink, TClock, TMemory}"/> decides what is waited
/// for.
/// </summary>
public struct TcpEngine<TLink, TClock, TMemory>
    where TLink : struct, INetworkLink
    where TClock : struct, IClock
    where TMemory : struct, IPhysicalMemory
{
    /// <summary>Bytes of the buffer that the constructor takes.</summary>
    public const int BufferBytes =
        SendQueue.BufferBytes + TcpInput.BufferBytes + NetworkPort<TLink, TClock>.BufferBytes;

    /// <summary>The station. A public field, for it is a struct that changes in place.</summary>
    public NetworkPort<TLink, TClock> Port;

    /// <summary>The memory that is sent. Public for the same reason.</summary>
    public TMemory Memory;

    /// <summary>What waits to be acknowledged. Public for the same reason.</summary>
    public SendQueue Queue;

    /// <summary>What the peer sends. Public for the same reason.</summary>
    public TcpInput Input;

    private const int MostPieces = 16;
    private const int FramesAtOnce = 64;

    private TcpFlight _flight;
    private TcpEndpoint _peer;
    private ushort _ownPort;
    private uint _firstSequence;
    private ulong _heardAt;
    private ulong _movedAt;
    private ulong _workedAt;
    private byte _windowShift;
    private bool _watchesWindow;
    private bool _isEnding;

    /// <summary>
    /// An engine over a link, which it owns from now on. <paramref name="buffer"/> has <see cref="BufferBytes"/> and
    /// never moves.
    /// </summary>
    public TcpEngine(in TLink link, in TClock clock, in TMemory memory, DmaBuffer buffer)
    {
        const int InputAt = SendQueue.BufferBytes;
        const int FrameAt = InputAt + TcpInput.BufferBytes;
        Memory = memory;
        Queue = new SendQueue(Part(buffer, 0, SendQueue.BufferBytes));
        Input = new TcpInput(Part(buffer, InputAt, TcpInput.BufferBytes));
        Port = new NetworkPort<TLink, TClock>(
            in link, in clock, Part(buffer, FrameAt, NetworkPort<TLink, TClock>.BufferBytes));
    }

    /// <summary>The connection is established.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The peer has taken note of our end.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Why the connection does not work any more.</summary>
    public Status Failure { get; private set; }

    /// <summary>Segments that were sent again.</summary>
    public readonly ulong Repeats => _flight.Repeats;

    /// <summary>Chooses the peer, and numbers that no older connection is likely to have.</summary>
    public void Aim(TcpEndpoint peer, ulong random)
    {
        _peer = peer;
        // RFC 6335: ports that are nobody's; RFC 9293, 3.4.1.
        _ownPort = (ushort)(0xC000 | (random >> 48));
        _firstSequence = (uint)random;
        Port.Aim(peer.Address);
    }

    /// <summary>Forgets the connection.</summary>
    public void Forget() => IsOpen = false;

    /// <summary>Ends the connection for a reason, unless it has ended before; why it has.</summary>
    public Status Fail(Status status)
    {
        Failure = Failure == Status.Ok ? status : Failure;
        return Failure;
    }

    /// <summary>One round: takes what has arrived, looks at the timers, sends what may be sent.</summary>
    public Status Work(bool isPushed)
    {
        Status status = Receive();
        if (status != Status.Ok)
        {
            return status;
        }
        ulong now = Port.Clock.Microseconds;
        Queue.Release(_flight.Start);
        // Time in which nothing was to be answered, or nobody looked, is not the peer's silence.
        if (Queue.End == _flight.Start || now - _workedAt > Limits.TcpPauseMicroseconds)
        {
            _heardAt = now;
            _movedAt = now;
        }
        _workedAt = now;
        if (now - _heardAt >= Limits.TcpSilenceMicroseconds || now - _movedAt >= Limits.TcpStallMicroseconds)
        {
            return Fail(Status.ConnectionTimeout);
        }
        LookAtTimers(now);
        SendData(now, isPushed);
        if (Input.OwesAnswer && Port.Link.FreeFrames > 0)
        {
            SendControl(TcpFlags.Ack);
        }
        Port.Link.Announce();
        return Status.Ok;
    }

    private static HeldBuffer Part(DmaBuffer buffer, int offset, int length) =>
        new(new DmaBuffer(buffer.Bytes.Slice(offset, length), buffer.Address + (ulong)offset));

    private void LookAtTimers(ulong now)
    {
        bool isUnderWay = _flight.Next > _flight.Start;
        bool isShut = !isUnderWay && Queue.End > _flight.Next && _flight.WindowEnd <= _flight.Next;
        if (isShut && !_watchesWindow)
        {
            _flight.WatchWindow(now);
        }
        _watchesWindow = isShut;
        if (now < _flight.Deadline)
        {
            return;
        }
        if (isUnderWay)
        {
            _flight.TimeOut(now);
            if (_flight.Timeouts > 1)
            {
                // The next hop may have another Ethernet address by now.
                Port.AskNextHop();
                _flight.LimitSegments(PathMtu.SegmentAfter(_flight.Timeouts, _flight.WindowEnd > _flight.Start));
            }
        }
        else if (isShut && Port.Link.FreeFrames > 0)
        {
            SendSegment(_flight.Next, 1, now);
            _flight.CountWindowProbe();
        }
    }

    private void SendData(ulong now, bool isPushed)
    {
        while (Port.Link.FreeFrames > 0)
        {
            StreamRange repeat = _flight.Repeat;
            if (repeat.End == repeat.Start)
            {
                break;
            }
            SendSegment(repeat.Start, (int)(repeat.End - repeat.Start), now);
        }
        int most = (int)_flight.MostAtOnce(Port.Link.MostSegmentedBytes);
        while (Port.Link.FreeFrames > 0)
        {
            ulong queued = Queue.End - _flight.Next;
            ulong length = Math.Min(queued, Math.Min(_flight.Room, (ulong)most));
            // Whole segments, unless it is the last that there is, or all that the peer ever has room for.
            bool isRest = length == queued && isPushed;
            bool isAll = _flight.Next == _flight.Start && length < queued;
            if (length == 0 || (length < _flight.Mss && !isRest && !isAll))
            {
                break;
            }
            if (length > _flight.Mss && !isRest)
            {
                length -= length % _flight.Mss;
            }
            SendSegment(_flight.Next, (int)length, now);
        }
    }

    /// <summary>Sends data, at most one segment unless the card segments.</summary>
    private void SendSegment(ulong position, int lengthBytes, ulong now)
    {
        const int HeaderBytes = TcpSegment.HeaderBytes;
        Span<LinkPiece> pieces = stackalloc LinkPiece[MostPieces];
        bool isByCard = Port.Link.HasChecksumOffload;
        int mostPieces = isByCard ? Math.Min(MostPieces, Port.Link.MostPieces) : MostPieces;
        int length = Queue.Gather(position, lengthBytes, pieces[..mostPieces], out int count);
        int mss = (int)_flight.Mss;
        if (length > mss && length < lengthBytes)
        {
            length = Queue.Gather(position, length - (length % mss), pieces[..mostPieces], out count);
        }
        TcpFlags flags = position + (ulong)length == Queue.End ? TcpFlags.Ack | TcpFlags.Push : TcpFlags.Ack;
        Span<byte> segment = BeginSegment(flags, position, HeaderBytes, length);
        int head = NetworkPort<TLink, TClock>.HeadBytes + HeaderBytes;
        if (isByCard)
        {
            TcpSegment.Seal(segment, Port.Settings.Address, Port.Peer, HeaderBytes + length, isFinishedByCard: true);
            LinkOffload offload = length > mss ? LinkOffload.TcpSegmentation : LinkOffload.TcpChecksum;
            Port.SkipIdentifications(length / mss);
            Port.Link.Send(head, pieces[..count], offload, length > mss ? mss : 0);
        }
        else
        {
            int done = HeaderBytes;
            for (int i = 0; i < count; i++)
            {
                // What cannot be read comes as zeros, as it does to who counts lost pages.
                Memory.Read(pieces[i].Address, segment.Slice(done, pieces[i].LengthBytes));
                done += pieces[i].LengthBytes;
            }
            TcpSegment.Seal(segment, Port.Settings.Address, Port.Peer, done, isFinishedByCard: false);
            Port.SendPadded(NetworkPort<TLink, TClock>.HeadBytes + done);
        }
        _flight.Send(position, (ulong)length, now);
        Input.OwesAnswer = false;
    }

    /// <summary>Sends a segment without data.</summary>
    public void SendControl(TcpFlags flags)
    {
        if (Port.Link.FreeFrames == 0)
        {
            return;
        }
        bool isSyn = (flags & TcpFlags.Syn) != 0;
        int header = TcpSegment.HeaderBytes + (isSyn ? TcpOptions.SynBytes : 0);
        ulong position = isSyn ? ulong.MaxValue : _flight.Next;
        Span<byte> segment = BeginSegment(flags, position, header, 0);
        _isEnding |= (flags & TcpFlags.Fin) != 0;
        if (isSyn)
        {
            TcpOptions.WriteSyn(segment[TcpSegment.HeaderBytes..], (ushort)OwnMss);
        }
        TcpSegment.Seal(segment, Port.Settings.Address, Port.Peer, header, isFinishedByCard: false);
        Port.SendPadded(NetworkPort<TLink, TClock>.HeadBytes + header);
        Input.OwesAnswer = false;
    }

    // SYN is before the first byte of data, whose number is _firstSequence.
    private Span<byte> BeginSegment(TcpFlags flags, ulong position, int headerBytes, int payloadBytes)
    {
        Span<byte> segment = Port.Begin(Ipv4Packet.Tcp, headerBytes + payloadBytes)[NetworkPort<TLink, TClock>.HeadBytes..];
        TcpSegment.WriteHeader(
            segment, headerBytes, _ownPort, _peer.Port,
            _firstSequence + (uint)position + (HasEnded ? 1U : 0), Input.Expected, flags, Input.Window);
        return segment;
    }

    private readonly int OwnMss => Port.Link.MtuBytes - Ipv4Packet.HeaderBytes - TcpSegment.HeaderBytes;

    /// <summary>Takes what has arrived, so many frames at the most; the connection's failure, or the card's.</summary>
    public Status Receive()
    {
        Status status = Port.Link.Poll();
        if (status != Status.Ok)
        {
            return Fail(status);
        }
        for (int i = 0; i < FramesAtOnce && Failure == Status.Ok && Port.TryTake(out Ipv4Packet packet); i++)
        {
            if (packet.Destination.Value != Port.Settings.Address.Value)
            {
                // RFC 1122, 4.2.3.10: nobody speaks to all by TCP.
                continue;
            }
            if (packet.Protocol == Ipv4Packet.Icmp)
            {
                TakeUnreachable(in packet);
            }
            else if (packet.Source.Value == Port.Peer.Value
                && TcpSegment.Open(in packet, out TcpSegment segment) == Status.Ok
                && segment.SourcePort == _peer.Port && segment.DestinationPort == _ownPort)
            {
                if (IsOpen)
                {
                    TakeSegment(in segment);
                }
                else
                {
                    TakeAnswer(in segment);
                }
            }
        }
        return Failure;
    }

    // RFC 5927, 4: who reports an error about a segment has seen one that is under way.
    private void TakeUnreachable(scoped in Ipv4Packet packet)
    {
        if (IcmpUnreachable.Open(in packet, out IcmpUnreachable report) != Status.Ok
            || !report.IsAbout(Port.Settings.Address, _ownPort, _peer))
        {
            return;
        }
        uint position = report.Sequence - _firstSequence;
        if (IsOpen && report.IsTooLong && position - (uint)_flight.Start < _flight.Next - _flight.Start)
        {
            _flight.LimitSegments(PathMtu.SegmentOf(report.MtuBytes));
        }
        else if (!IsOpen && report.IsFinal && position == uint.MaxValue)
        {
            Fail(Status.ConnectionRefused);
        }
    }

    // RFC 9293, 3.10.7.3: SYN-SENT.
    private void TakeAnswer(scoped in TcpSegment segment)
    {
        bool isAck = (segment.Flags & TcpFlags.Ack) != 0;
        bool isOurs = isAck && segment.Acknowledgment == _firstSequence;
        if ((segment.Flags & TcpFlags.Reset) != 0)
        {
            if (isOurs)
            {
                Fail(Status.ConnectionRefused);
            }
            return;
        }
        if (isAck && !isOurs)
        {
            // Of an older connection, which the peer still has: it is to forget it.
            uint first = _firstSequence;
            _firstSequence = segment.Acknowledgment;
            SendControl(TcpFlags.Reset);
            _firstSequence = first;
            return;
        }
        if (!isOurs || (segment.Flags & TcpFlags.Syn) == 0)
        {
            return;
        }
        TcpOptions options = TcpOptions.Read(segment.Options);
        _windowShift = options.WindowShift;
        // The window of a SYN is not scaled.
        _flight = new TcpFlight(in options, OwnMss, segment.Window);
        Input.Expected = segment.Sequence + 1;
        IsOpen = true;
        _workedAt = Port.Clock.Microseconds;
        _heardAt = _workedAt;
        _movedAt = _workedAt;
        SendControl(TcpFlags.Ack);
    }

    // RFC 9293, 3.10.7.4: ESTABLISHED and after.
    private void TakeSegment(scoped in TcpSegment segment)
    {
        bool isReset = (segment.Flags & TcpFlags.Reset) != 0;
        if (isReset && segment.Sequence == Input.Expected)
        {
            Fail(Status.ConnectionReset);
            return;
        }
        bool isInside = Input.IsInside(in segment);
        if (isReset || (segment.Flags & TcpFlags.Syn) != 0 || !isInside)
        {
            // RFC 5961: nobody ends the connection who does not know its numbers, nor acknowledges anything in it.
            Input.OwesAnswer |= isInside || !isReset;
            return;
        }
        if ((segment.Flags & TcpFlags.Ack) != 0)
        {
            TakeAcknowledgment(in segment, Port.Clock.Microseconds);
            Input.Take(in segment);
        }
    }

    private void TakeAcknowledgment(scoped in TcpSegment segment, ulong now)
    {
        uint step = segment.Acknowledgment - (_firstSequence + (uint)_flight.Start);
        bool isEnd = _isEnding && step == 1 && _flight.Next == _flight.Start;
        if (step > _flight.Next - _flight.Start && !isEnd)
        {
            // Of what was never sent (to be answered), or an old one.
            Input.OwesAnswer |= (int)step > 0;
            return;
        }
        _heardAt = now;
        if (isEnd)
        {
            HasEnded = true;
            return;
        }
        ulong window = (ulong)segment.Window << _windowShift;
        ulong position = _flight.Start + step;
        bool isSame = position + window <= _flight.WindowEnd && segment.Payload.Length == 0;
        _movedAt = step > 0 || position + window > _flight.WindowEnd ? now : _movedAt;
        TcpOptions options = TcpOptions.Read(segment.Options);
        _flight.Acknowledge(position, window, isSame, in options, _firstSequence, now);
    }
}
