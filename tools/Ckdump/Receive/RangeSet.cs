using System;
using System.Collections.Generic;

namespace CosmosKdump.Ckdump.Receive;

/// <summary>A set of positions, kept as ordered, disjoint, half-open ranges.</summary>
public sealed class RangeSet
{
    private readonly List<(ulong Start, ulong End)> _ranges = [];

    /// <summary>Number of ranges.</summary>
    public int Count => _ranges.Count;

    /// <summary>Adds a range; parts that are there already stay.</summary>
    public void Add(ulong start, ulong end)
    {
        if (start >= end)
        {
            return;
        }
        int first = FirstEndingAtOrAfter(start);
        int next = first;
        while (next < _ranges.Count && _ranges[next].Start <= end)
        {
            start = Math.Min(start, _ranges[next].Start);
            end = Math.Max(end, _ranges[next].End);
            next++;
        }
        _ranges.RemoveRange(first, next - first);
        _ranges.Insert(first, (start, end));
    }

    /// <summary>The parts of a range that are not in the set, in order.</summary>
    public IEnumerable<(ulong Start, ulong End)> Missing(ulong start, ulong end)
    {
        var missing = new List<(ulong, ulong)>();
        for (int i = FirstEndingAtOrAfter(start); i < _ranges.Count && _ranges[i].Start < end; i++)
        {
            if (_ranges[i].Start > start)
            {
                missing.Add((start, _ranges[i].Start));
            }
            start = Math.Max(start, _ranges[i].End);
        }
        if (start < end)
        {
            missing.Add((start, end));
        }
        return missing;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _ranges.Clear();

    private int FirstEndingAtOrAfter(ulong position)
    {
        int low = 0;
        int high = _ranges.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_ranges[middle].End < position)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        return low;
    }
}
