using System;

namespace CosmosKdump.Capture.Filter;

/// <summary>
/// A table of summaries of all units, in a caller's buffer. It does not grow with memory: where there are more units
/// than entries, an entry is about several of them.
/// </summary>
public ref struct UnitSummaries
{
    private readonly Span<UnitSummary> _entries;

    /// <summary>A table for so many units; the storage has at least one entry.</summary>
    public UnitSummaries(Span<UnitSummary> storage, ulong units)
    {
        _entries = storage;
        UnitsEach = Math.Max(1, (units + (ulong)storage.Length - 1) / (ulong)storage.Length);
    }

    /// <summary>Units that an entry is about.</summary>
    public ulong UnitsEach { get; }

    /// <summary>The entry that a unit belongs to.</summary>
    public readonly UnitSummary Of(ulong unit) => _entries[(int)(unit / UnitsEach)];

    /// <summary>Forgets everything.</summary>
    public readonly void Clear() => _entries.Clear();

    /// <summary>Adds what lies in a unit.</summary>
    public readonly void Add(ulong unit, uint keptPages, uint kinds)
    {
        ref UnitSummary entry = ref _entries[(int)(unit / UnitsEach)];
        entry = entry.With(keptPages, kinds);
    }
}
