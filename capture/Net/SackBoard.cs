using System;

namespace CosmosKdump.Capture.Net;

/// <summary>
/// What the peer has beyond a gap (RFC 2018): ordered, disjoint ranges. There is room for so many; what is not
/// remembered is sent again, no more.
/// </summary>
public struct SackBoard
{
    /// <summary>Most ranges.</summary>
    public const int Most = 64;

    private SackRanges _ranges;
    private int _count;

    /// <summary>Bytes in all ranges.</summary>
    public ulong TotalBytes { get; private set; }

    /// <summary>One past the last byte that the peer has; 0 if there are no ranges.</summary>
    public readonly ulong End => _count == 0 ? 0 : _ranges[_count - 1].End;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _count = 0;
        TotalBytes = 0;
    }

    /// <summary>Adds a range, joining what it touches.</summary>
    public void Add(ulong start, ulong end)
    {
        int first = 0;
        while (first < _count && _ranges[first].End < start)
        {
            first++;
        }
        int next = first;
        while (next < _count && _ranges[next].Start <= end)
        {
            start = Math.Min(start, _ranges[next].Start);
            end = Math.Max(end, _ranges[next].End);
            next++;
        }
        if (next == first && _count == Most)
        {
            return;
        }
        int move = 1 - (next - first);
        if (move > 0)
        {
            for (int i = _count; i > first; i--)
            {
                _ranges[i] = _ranges[i - 1];
            }
        }
        else
        {
            for (int i = next; i < _count && move < 0; i++)
            {
                _ranges[i + move] = _ranges[i];
            }
        }
        _count += move;
        _ranges[first] = new StreamRange { Start = start, End = end };
        Sum();
    }

    /// <summary>Forgets what lies before a position.</summary>
    public void RemoveBefore(ulong position)
    {
        int gone = 0;
        while (gone < _count && _ranges[gone].End <= position)
        {
            gone++;
        }
        if (gone > 0)
        {
            _count -= gone;
            for (int i = 0; i < _count; i++)
            {
                _ranges[i] = _ranges[i + gone];
            }
        }
        if (_count > 0 && _ranges[0].Start < position)
        {
            _ranges[0].Start = position;
        }
        Sum();
    }

    /// <summary>Bytes that the peer has between two positions.</summary>
    public readonly ulong BytesIn(ulong start, ulong end)
    {
        ulong sum = 0;
        for (int i = 0; i < _count; i++)
        {
            ulong from = Math.Max(start, _ranges[i].Start);
            ulong to = Math.Min(end, _ranges[i].End);
            sum += to > from ? to - from : 0;
        }
        return sum;
    }

    /// <summary>The first gap from a position on, up to an end; empty if there is none.</summary>
    public readonly StreamRange GapFrom(ulong position, ulong end)
    {
        for (int i = 0; i < _count && _ranges[i].Start < end; i++)
        {
            if (position < _ranges[i].Start)
            {
                return new StreamRange { Start = position, End = _ranges[i].Start };
            }
            position = Math.Max(position, _ranges[i].End);
        }
        return new StreamRange { Start = position, End = Math.Max(position, end) };
    }

    /// <summary>
    /// Where at least so many bytes that the peer has begin, counted from the end: what is missing before it was probably
    /// lost (RFC 6675, 4, IsLost); 0 if there are fewer.
    /// </summary>
    public readonly ulong EdgeBelow(ulong bytes)
    {
        ulong sum = 0;
        for (int i = _count - 1; i >= 0; i--)
        {
            sum += _ranges[i].End - _ranges[i].Start;
            if (sum >= bytes)
            {
                return _ranges[i].Start;
            }
        }
        return 0;
    }

    private void Sum()
    {
        ulong sum = 0;
        for (int i = 0; i < _count; i++)
        {
            sum += _ranges[i].End - _ranges[i].Start;
        }
        TotalBytes = sum;
    }
}
