using System;

namespace CosmosKdump.Capture.Ranges;

/// <summary>
/// Sorted, disjoint ranges of physical memory in a caller's buffer; ranges that touch are one. At most
/// <see cref="Limits.Ranges"/> are kept, or as many as the buffer holds.
/// </summary>
public ref struct RangeTable(Span<PhysicalRange> storage)
{
    private readonly Span<PhysicalRange> _ranges = storage.Length > Limits.Ranges
        ? storage[..Limits.Ranges]
        : storage;

    /// <summary>Number of ranges.</summary>
    public int Count { get; private set; }

    /// <summary>Pages in all ranges.</summary>
    public ulong TotalPages { get; private set; }

    /// <summary>The ranges, in ascending order.</summary>
    public readonly ReadOnlySpan<PhysicalRange> Ranges => _ranges[..Count];

    /// <summary>
    /// Adds a range. <see cref="Status.SegmentsOverlap"/>: added, a part of it was there already;
    /// <see cref="Status.TooManyEntries"/>: not added, there is no room.
    /// </summary>
    public Status Add(in PhysicalRange range)
    {
        if (range.End <= range.Start)
        {
            return Status.Ok;
        }
        // Everything from first to last touches the new range and melts into it.
        int first = FirstEndingAt(range.Start);
        int last = first;
        ulong start = range.Start;
        ulong end = range.End;
        ulong pagesBefore = 0;
        Status status = Status.Ok;
        while (last < Count && _ranges[last].Start <= range.End)
        {
            PhysicalRange old = _ranges[last];
            if (old.Start < range.End && old.End > range.Start)
            {
                status = Status.SegmentsOverlap;
            }
            start = Math.Min(start, old.Start);
            end = Math.Max(end, old.End);
            pagesBefore += old.Pages;
            last++;
        }
        var merged = new PhysicalRange(start, end);
        if (last == first)
        {
            if (Count == _ranges.Length)
            {
                return Status.TooManyEntries;
            }
            MoveUp(first);
            Count++;
        }
        else
        {
            MoveDown(last, first + 1);
            Count -= last - first - 1;
        }
        _ranges[first] = merged;
        TotalPages += merged.Pages - pagesBefore;
        return status;
    }

    /// <summary>The whole range is in the table.</summary>
    public readonly bool Contains(in PhysicalRange range)
    {
        int index = FirstEndingAt(range.Start);
        // A range that only touches the start does not hold it.
        if (index < Count && _ranges[index].End == range.Start && range.End > range.Start)
        {
            index++;
        }
        return index < Count && _ranges[index].Start <= range.Start && _ranges[index].End >= range.End;
    }

    // Index of the first range whose end is not below the address.
    private readonly int FirstEndingAt(ulong address)
    {
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_ranges[middle].End < address)
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

    private readonly void MoveUp(int from)
    {
        for (int i = Count; i > from; i--)
        {
            _ranges[i] = _ranges[i - 1];
        }
    }

    private readonly void MoveDown(int from, int to)
    {
        for (int i = from; i < Count; i++)
        {
            _ranges[to + i - from] = _ranges[i];
        }
    }
}
