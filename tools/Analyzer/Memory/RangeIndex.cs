using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Analyzer.Memory;

/// <summary>
/// Finds the PT_LOAD of an address in logarithmic time. Overlapping segments are cut so that each address has one
/// place in the file: the first one, which is still there when the file was cut short.
/// </summary>
internal sealed class RangeIndex
{
    // Kernel addresses, the upper half of a 57-bit space; QEMU puts physical addresses into p_vaddr.
    private const ulong KernelStart = 0xFF00_0000_0000_0000;

    private readonly FileRange[] _ranges;

    private RangeIndex(List<FileRange> candidates, bool isLastBest = false)
    {
        bool isDisjoint = true;
        for (int i = 1; i < candidates.Count && isDisjoint; i++)
        {
            isDisjoint = candidates[i - 1].End <= candidates[i].Start;
        }
        if (!isDisjoint)
        {
            candidates.Sort((a, b) => a.Start.CompareTo(b.Start));
            candidates = Disjoint(candidates, isLastBest);
        }
        _ranges = [.. candidates];
    }

    /// <summary>The disjoint ranges, ascending.</summary>
    public IReadOnlyList<FileRange> Ranges => _ranges;

    /// <summary>Index by p_paddr.</summary>
    public static RangeIndex OfPhysical(IReadOnlyList<ProgramHeader> segments) =>
        new([.. segments.Select((s, i) => Range(s.PhysicalAddress, s, i)).Where(IsUsable)]);

    /// <summary>Index by p_paddr of the memory that segments tell of, which the file need not hold.</summary>
    public static RangeIndex OfMemory(IReadOnlyList<ProgramHeader> segments) =>
        new([.. segments.Select((s, i) => new FileRange(
                s.PhysicalAddress, unchecked(s.PhysicalAddress + Math.Max(s.MemoryBytes, s.FileBytes)), s.Offset, i))
            .Where(IsUsable)]);

    /// <summary>Index by p_vaddr, of segments that lie in the kernel's half.</summary>
    public static RangeIndex OfVirtual(IReadOnlyList<ProgramHeader> segments) =>
        new([.. segments.Select((s, i) => Range(s.VirtualAddress, s, i))
            .Where(r => IsUsable(r) && r.Start >= KernelStart)]);

    /// <summary>Index of pieces of which a later one in the file replaces an earlier one.</summary>
    public static RangeIndex OfPieces(List<FileRange> pieces) => new(pieces, isLastBest: true);

    /// <summary>Finds the range that holds an address.</summary>
    public bool TryFind(ulong address, out FileRange range)
    {
        int at = LastAtOrBelow(address);
        range = at < 0 ? default : _ranges[at];
        return at >= 0 && address < range.End;
    }

    /// <summary>Bytes from an address that is in no range to the next range, or to the end of all addresses.</summary>
    public ulong GapAfter(ulong address)
    {
        int next = LastAtOrBelow(address) + 1;
        return next < _ranges.Length ? _ranges[next].Start - address : Math.Max(0UL - address, 1);
    }

    // Sweeps over the addresses; the open range that lies first, or last, in the file wins.
    private static List<FileRange> Disjoint(List<FileRange> candidates, bool isLastBest)
    {
        List<FileRange> disjoint = [];
        PriorityQueue<FileRange, ulong> open = new();
        ulong at = 0;
        for (int next = 0; next < candidates.Count || open.Count > 0;)
        {
            at = open.Count == 0 ? Math.Max(at, candidates[next].Start) : at;
            while (next < candidates.Count && candidates[next].Start <= at)
            {
                ulong place = candidates[next].OffsetBytes;
                open.Enqueue(candidates[next], isLastBest ? ~place : place);
                next++;
            }
            while (open.TryPeek(out FileRange closed, out _) && closed.End <= at)
            {
                open.Dequeue();
            }
            if (open.TryPeek(out FileRange best, out _))
            {
                ulong end = next < candidates.Count ? Math.Min(best.End, candidates[next].Start) : best.End;
                Append(disjoint, best with { Start = at, End = end, OffsetBytes = best.OffsetBytes + (at - best.Start) });
                at = end;
            }
        }
        return disjoint;
    }

    private static void Append(List<FileRange> ranges, FileRange range)
    {
        if (ranges.Count > 0 && ranges[^1] is FileRange last && last.Segment == range.Segment && last.End == range.Start)
        {
            ranges[^1] = last with { End = range.End };
            return;
        }
        ranges.Add(range);
    }

    private int LastAtOrBelow(ulong address)
    {
        int low = 0;
        int high = _ranges.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_ranges[middle].Start <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        return low - 1;
    }

    private static FileRange Range(ulong address, in ProgramHeader segment, int index) =>
        new(address, unchecked(address + segment.FileBytes), segment.Offset, index);

    // An end that wraps is not above its start; neither are absurd offsets worth a look.
    private static bool IsUsable(FileRange range) =>
        range.End > range.Start && range.OffsetBytes <= ulong.MaxValue - (range.End - range.Start);
}
