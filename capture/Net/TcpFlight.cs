using System;

namespace CosmosKdump.Capture.Net;

/// <summary>
/// What of a stream is under way, and what may be sent next: congestion control (RFC 5681), recovery from losses by SACK
/// (RFC 6675) or without it (RFC 6582), timers (RFC 6298). Positions count from the first byte of data and never wrap.
/// </summary>
public struct TcpFlight
{
    // RFC 5681, DupThresh.
    private const int Duplicates = 3;

    // RFC 9293, 3.7.1; and what no peer would ask for.
    private const int DefaultMss = 536;
    private const int LeastMss = 64;

    // Below this, losses could not be told by duplicates any more: RFC 5681 allows a cwnd of one segment.
    private const ulong LeastSegments = 4;

    private SackBoard _sacked;
    private CardSegmentation _byCard;
    private ulong _congestionWindow;
    private ulong _threshold;
    private ulong _recoveryEnd;
    private ulong _lossEdge;
    private ulong _nextGap;
    private ulong _headSentAt;
    private ulong _timedEnd;
    private ulong _timedStart;
    private ulong _timerStart;
    private int _duplicates;
    private int _timeouts;
    private int _backOff;
    private bool _isRecovering;
    private bool _isProbed;
    private bool _sendsHead;

    /// <summary>A connection that begins: nothing was sent. The options are those of the peer's SYN.</summary>
    public TcpFlight(scoped in TcpOptions options, int mostMss, ulong windowBytes)
    {
        int mss = options.Mss == 0 ? DefaultMss : Math.Max((int)options.Mss, LeastMss);
        Mss = (ulong)Math.Min(mss, mostMss);
        HasSack = options.HasSack;
        WindowEnd = windowBytes;
        // RFC 6928.
        _congestionWindow = 10 * Mss;
        _threshold = Limits.TcpMostWindowBytes;
    }

    /// <summary>Largest payload of a segment.</summary>
    public ulong Mss { get; private set; }

    /// <summary>The peer tells what it has.</summary>
    public bool HasSack { get; }

    /// <summary>Round-trip time.</summary>
    public RttEstimator Rtt { get; private set; }

    /// <summary>Position of the first byte that is not acknowledged.</summary>
    public ulong Start { get; private set; }

    /// <summary>Position of the first byte that was never sent.</summary>
    public ulong Next { get; private set; }

    /// <summary>One past the last byte that the peer has room for.</summary>
    public ulong WindowEnd { get; private set; }

    /// <summary>Segments that were sent again.</summary>
    public ulong Repeats { get; private set; }

    /// <summary>Timeouts in a row.</summary>
    public readonly int Timeouts => _timeouts;

    /// <summary>When the timer ends, if it runs: something is under way, or a closed window has to be looked at.</summary>
    public readonly ulong Deadline => _timerStart + (_isProbed || _timeouts > 0 || Start == Next
        ? BackedOff
        : Math.Min(ProbeMicroseconds, BackedOff));

    // RFC 6298, 5.5, until a round trip was measured.
    private readonly ulong BackedOff =>
        Math.Min(Rtt.Timeout << Math.Min(_backOff, 8), Limits.TcpMostTimeoutMicroseconds);

    // A last segment that was lost leaves nothing behind it to tell so (RFC 8985, 7: the tail loss probe).
    private readonly ulong ProbeMicroseconds => Math.Max(2 * Rtt.Smoothed, Limits.TcpProbeMicroseconds);

    /// <summary>Bytes of new data that may be sent now.</summary>
    public readonly ulong Room
    {
        get
        {
            ulong underWay = UnderWay;
            ulong byCongestion = _congestionWindow > underWay ? _congestionWindow - underWay : 0;
            return Math.Min(byCongestion, WindowEnd > Next ? WindowEnd - Next : 0);
        }
    }

    /// <summary>Bytes that are in the network, as far as is known (RFC 6675, 4, Pipe).</summary>
    public readonly ulong UnderWay
    {
        get
        {
            ulong gone = _sacked.TotalBytes;
            if (!HasSack)
            {
                gone = Math.Min((ulong)_duplicates * Mss, Next - Start);
            }
            if (_isRecovering && _lossEdge > _nextGap)
            {
                gone += _lossEdge - _nextGap - _sacked.BytesIn(_nextGap, _lossEdge);
            }
            return Next - Start - Math.Min(gone, Next - Start);
        }
    }

    /// <summary>What is to be sent again now: a segment at most, empty if there is nothing.</summary>
    public readonly StreamRange Repeat
    {
        get
        {
            bool mayFill = _isRecovering && UnderWay < _congestionWindow;
            ulong from = _sendsHead ? Start : _nextGap;
            ulong to = _sendsHead ? Next : _lossEdge;
            if (!_sendsHead && !mayFill)
            {
                return default;
            }
            StreamRange gap = _sacked.GapFrom(from, to);
            gap.End = Math.Min(gap.End, gap.Start + Mss);
            return gap;
        }
    }

    /// <summary>
    /// Most bytes of new data that are sent at a time, where the card makes segments of so many bytes: whole ones, at
    /// least one.
    /// </summary>
    public readonly ulong MostAtOnce(int mostSegmentedBytes) =>
        _byCard.IsTrusted(Next) ? Math.Max(Mss, (ulong)mostSegmentedBytes / Mss * Mss) : Mss;

    /// <summary>Notes that data was sent, new or again.</summary>
    public void Send(ulong start, ulong lengthBytes, ulong now)
    {
        ulong end = start + lengthBytes;
        if (start == Next)
        {
            if (Start == Next)
            {
                _timerStart = now;
                _isProbed = false;
            }
            if (_timedEnd == 0)
            {
                _timedEnd = end;
                _timedStart = now;
            }
            Next = end;
            _byCard.CountSent(start, end, Mss);
            return;
        }
        Repeats++;
        _byCard.CountRepeat(start, end);
        // Karn: an answer could be to either.
        _timedEnd = _timedEnd > start ? 0 : _timedEnd;
        _nextGap = Math.Max(_nextGap, end);
        if (start <= Start)
        {
            _headSentAt = Next;
            _sendsHead = false;
        }
    }

    /// <summary>
    /// Takes an acknowledgment that is between <see cref="Start"/> and <see cref="Next"/>. <paramref name="isDuplicate"/>:
    /// it carried no data and changed no window (RFC 5681, 2).
    /// </summary>
    public void Acknowledge(
        ulong position, ulong windowBytes, bool isDuplicate, scoped in TcpOptions options, uint firstSequence, ulong now)
    {
        bool wasShut = WindowEnd <= Start && Next > Start;
        // Old segments that come late do not take a window back.
        WindowEnd = Math.Max(WindowEnd, position + windowBytes);
        if (wasShut && WindowEnd > Start)
        {
            // The byte that asked after the window was not taken.
            _timeouts = 0;
            _backOff = 0;
            _timerStart = now;
            _sendsHead = true;
        }
        if (position > Start)
        {
            Advance(position, now);
        }
        else if (isDuplicate && Next > Start)
        {
            _duplicates++;
        }
        if (HasSack)
        {
            TakeBlocks(in options, firstSequence);
        }
        FindLosses();
    }

    /// <summary>
    /// The timer has ended while data is under way: the first segment again as a probe, then everything that is not known
    /// to have arrived.
    /// </summary>
    public void TimeOut(ulong now)
    {
        if (!_isProbed && _timeouts == 0 && BackedOff > ProbeMicroseconds)
        {
            _isProbed = true;
            _sendsHead = true;
            return;
        }
        if (_timeouts == 0)
        {
            _threshold = Math.Max((Next - Start) / 2, LeastSegments * Mss);
        }
        else
        {
            // The peer may have given up what it had (RFC 2018, 8).
            _sacked.Clear();
        }
        _congestionWindow = LeastSegments * Mss;
        _timeouts++;
        _backOff++;
        _timerStart = now;
        _timedEnd = 0;
        _duplicates = 0;
        _isRecovering = true;
        _recoveryEnd = Next;
        _lossEdge = Next;
        _nextGap = Start;
        _sendsHead = true;
    }

    /// <summary>Nothing is under way, and the window is closed: the time until it is looked at begins.</summary>
    public void WatchWindow(ulong now) => _timerStart = now;

    /// <summary>The closed window was looked at, by one byte sent beyond it.</summary>
    public void CountWindowProbe()
    {
        _timeouts++;
        _backOff++;
    }

    /// <summary>
    /// Makes segments shorter from now on, if they were longer, and sends what is under way again: the network drops it
    /// (RFC 1191, 6.4).
    /// </summary>
    public void LimitSegments(int mss)
    {
        if ((ulong)mss >= Mss)
        {
            return;
        }
        Mss = (ulong)mss;
        _timedEnd = 0;
        _isRecovering = Next > Start;
        _recoveryEnd = Next;
        _lossEdge = Next;
        _nextGap = Start;
        _sendsHead = Next > Start;
    }

    private void Advance(ulong position, ulong now)
    {
        ulong acknowledged = position - Start;
        bool wasFull = 2 * UnderWay >= _congestionWindow;
        Start = position;
        _sacked.RemoveBefore(position);
        _byCard.CountAcknowledged(position, Next);
        if (_timedEnd != 0 && position >= _timedEnd)
        {
            RttEstimator rtt = Rtt;
            rtt.Take(now - _timedStart);
            Rtt = rtt;
            _timedEnd = 0;
            _backOff = 0;
        }
        _timerStart = now;
        _timeouts = 0;
        _duplicates = 0;
        _isProbed = false;
        _sendsHead = false;
        _headSentAt = Next;
        _nextGap = Math.Max(_nextGap, position);
        _lossEdge = Math.Max(_lossEdge, position);
        if (_isRecovering && position >= _recoveryEnd)
        {
            _isRecovering = false;
            _congestionWindow = Math.Max(Math.Min(_congestionWindow, _threshold), LeastSegments * Mss);
        }
        else if (_isRecovering && !HasSack)
        {
            // A partial acknowledgment: the next segment was lost too (RFC 6582, 3.2, step 3).
            _lossEdge = Math.Max(_lossEdge, Math.Min(position + Mss, Next));
        }
        if (wasFull && (!_isRecovering || _congestionWindow < _threshold))
        {
            // One acknowledgment for much does not lead beyond where slow start ends (RFC 3465, 2.3).
            ulong step = _congestionWindow < _threshold
                ? Math.Min(acknowledged, _threshold - _congestionWindow)
                : Math.Max(Mss * Math.Min(acknowledged, _congestionWindow) / _congestionWindow, 1);
            _congestionWindow = Math.Min(_congestionWindow + step, Limits.TcpMostWindowBytes);
        }
    }

    private void TakeBlocks(scoped in TcpOptions options, uint firstSequence)
    {
        for (int i = 0; i < options.BlockCount; i++)
        {
            ulong start = PositionOf(options.Blocks[2 * i], firstSequence);
            ulong end = PositionOf(options.Blocks[(2 * i) + 1], firstSequence);
            if (start > Start && start < end && end <= Next)
            {
                _sacked.Add(start, end);
            }
        }
    }

    // Blocks are between Start and Next, or of no use.
    private readonly ulong PositionOf(uint sequence, uint firstSequence) =>
        Start + (sequence - (firstSequence + (uint)Start));

    private void FindLosses()
    {
        ulong edge = HasSack ? _sacked.EdgeBelow(((Duplicates - 1) * Mss) + 1)
            : _duplicates >= Duplicates && !_isRecovering && Start >= _recoveryEnd ? Math.Min(Start + Mss, Next)
            : 0;
        if (edge <= Start)
        {
            return;
        }
        if (!_isRecovering)
        {
            _isRecovering = true;
            _recoveryEnd = Next;
            _nextGap = Start;
            _lossEdge = edge;
            _sendsHead = true;
            // Less than half is given up, as CUBIC does (RFC 9438, 4.6): who sends on this network is likely to be alone.
            _threshold = Math.Max(UnderWay / 10 * 7, LeastSegments * Mss);
            _congestionWindow = _threshold;
        }
        _lossEdge = Math.Max(_lossEdge, edge);
        // What was sent after the first gap was filled has arrived, and the gap is there: it was lost again.
        if (HasSack && _nextGap > Start && _sacked.End >= _headSentAt + (Duplicates * Mss))
        {
            _sendsHead = true;
        }
    }
}
