namespace CosmosKdump.Ckdump.Readiness;

/// <summary>A target in the answer of <c>ckdump status</c>.</summary>
public sealed record StatusTarget
{
    /// <summary>The line of the configuration.</summary>
    public required string Name { get; init; }

    /// <summary>Its item on the capture kernel's command line; null: it has none.</summary>
    public required string? Item { get; init; }

    /// <summary>Path of the dump area, or null.</summary>
    public required string? Path { get; init; }

    /// <summary>State of the dump area: prepared, writing, complete, incomplete; null: not an area, or not known.</summary>
    public required string? State { get; init; }

    /// <summary>Bytes that a dump may take, or null.</summary>
    public required ulong? CapacityBytes { get; init; }

    /// <summary>What keeps it from taking a dump, or null.</summary>
    public required string? Problem { get; init; }
}
