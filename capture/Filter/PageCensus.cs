using System;

namespace CosmosKdump.Capture.Filter;

/// <summary>How many pages there are of each kind, in a caller's buffer.</summary>
public ref struct PageCensus(Span<ulong> counts)
{
    /// <summary>Kinds that are counted: the buffer has as many entries.</summary>
    public const int Kinds = (int)PageKind.Constants + 1;

    private readonly Span<ulong> _counts = counts[..Kinds];

    /// <summary>Pages of a kind.</summary>
    public readonly ulong Of(PageKind kind) => _counts[(int)kind];

    /// <summary>All pages of memory.</summary>
    public readonly ulong Memory => Total(new DumpLevel(0), keepsAll: true);

    /// <summary>Forgets all counts.</summary>
    public readonly void Clear() => _counts.Clear();

    /// <summary>Counts the pages of a unit; the result is the set of kinds that it holds (<see cref="KindSet"/>).</summary>
    public readonly uint Add(scoped ReadOnlySpan<PageKind> kinds)
    {
        uint set = 0;
        int at = 0;
        while (at < kinds.Length)
        {
            PageKind kind = kinds[at];
            int end = KindRuns.End(kinds, at);
            _counts[(int)kind] += (ulong)(end - at);
            set |= KindSet.Of(kind);
            at = end;
        }
        return set;
    }

    /// <summary>Pages that a dump of this level holds, zeros included.</summary>
    public readonly ulong Kept(DumpLevel level) => Total(level, keepsAll: false);

    private readonly ulong Total(DumpLevel level, bool keepsAll)
    {
        ulong sum = 0;
        for (int kind = (int)PageKind.Kernel; kind < Kinds; kind++)
        {
            sum += keepsAll || !level.Excludes((PageKind)kind) ? _counts[kind] : 0;
        }
        return sum;
    }
}
