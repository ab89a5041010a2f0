namespace CosmosKdump.Capture.Filter;

/// <summary>What lies in some neighbouring units: enough to pass over them without looking at their pages again.</summary>
public readonly struct UnitSummary(uint keptPages, uint kinds)
{
    /// <summary>Pages that a dump of the filter's level holds.</summary>
    public uint KeptPages { get; } = keptPages;

    /// <summary>The kinds of pages that were seen, a bit each (<see cref="KindSet"/>).</summary>
    public uint Kinds { get; } = kinds;

    /// <summary>The same with those of one unit more.</summary>
    public UnitSummary With(uint keptPages, uint kinds) => new(KeptPages + keptPages, Kinds | kinds);
}
