using System;

namespace CosmosKdump.Capture.Filter;

/// <summary>What a <see cref="PageFilter"/> works in.</summary>
public readonly ref struct FilterBuffers(
    Span<PageKind> kinds, Span<byte> block, Span<PageStructRun> runs, Span<ulong> counts, Span<UnitSummary> units)
{
    /// <summary>Most runs of page structs that are told apart.</summary>
    public const int MaxRuns = 256;

    /// <summary>A useful number of summaries.</summary>
    public const int MostUnits = 4096;

    /// <summary>Kinds of a unit's pages: <see cref="FilterUnit.Pages"/>.</summary>
    public Span<PageKind> Kinds { get; } = kinds;

    /// <summary>A block of page structs: <see cref="PageScan.BlockBytes"/>.</summary>
    public Span<byte> Block { get; } = block;

    /// <summary>Where page structs lie: up to <see cref="MaxRuns"/>.</summary>
    public Span<PageStructRun> Runs { get; } = runs;

    /// <summary>Counts of pages: <see cref="PageCensus.Kinds"/>.</summary>
    public Span<ulong> Counts { get; } = counts;

    /// <summary>Summaries of units: any number, <see cref="MostUnits"/> is enough for 512 GiB without sharing.</summary>
    public Span<UnitSummary> Units { get; } = units;

    /// <summary>
    /// Where memory is read from a dump: a bit for each page that it does not hold, the lowest bit first. Pages behind
    /// the last bit are held.
    /// </summary>
    public ReadOnlySpan<ulong> LeftOut { get; init; }

    /// <summary>
    /// Where there is memory to spare: kinds of the first pages of memory, as many units as there is room for, so that
    /// they are found once. All <see cref="PageKind.Hole"/> at first; empty on a machine that crashed. Other threads may
    /// find kinds as well: a unit's first page last.
    /// </summary>
    public Span<PageKind> Found { get; init; }
}
