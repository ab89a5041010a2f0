using System;

namespace CosmosKdump.Capture.Net;

/// <summary>
/// Whether the card is trusted to cut new data into segments. What it makes of a long frame may not get through where
/// single segments do: QEMU before 8.1 makes IP fragments of it for e1000e unless the network is a tap device, and
/// firewalls drop those. So one long frame at a time is watched. If all of it had to be sent again, segments are our own
/// for a while, each time for longer.
/// </summary>
public struct CardSegmentation
{
    private const ulong LeastDoubtBytes = 256 << 10;
    private const int MostDoublings = 20;

    private ulong _start;
    private ulong _end;
    private ulong _repeated;
    private ulong _doubtEnd;
    private int _doubts;

    /// <summary>Data from this position on may be left to the card.</summary>
    public readonly bool IsTrusted(ulong position) => position >= _doubtEnd;

    /// <summary>New data was sent at once: the card has cut it if it is longer than a segment.</summary>
    public void CountSent(ulong start, ulong end, ulong mss)
    {
        if (_end == 0 && end - start > mss)
        {
            _start = start;
            _end = end;
            _repeated = 0;
        }
    }

    /// <summary>Data was sent again.</summary>
    public void CountRepeat(ulong start, ulong end)
    {
        ulong from = Math.Max(start, _start);
        ulong to = Math.Min(end, _end);
        _repeated += to > from ? to - from : 0;
    }

    /// <summary>What lies before a position has arrived; what is sent for the first time begins at another.</summary>
    public void CountAcknowledged(ulong position, ulong next)
    {
        if (_end == 0 || position < _end)
        {
            return;
        }
        if (_repeated < _end - _start)
        {
            _doubts = 0;
        }
        else
        {
            _doubtEnd = next + (LeastDoubtBytes << _doubts);
            _doubts = Math.Min(_doubts + 1, MostDoublings);
        }
        _end = 0;
    }
}
