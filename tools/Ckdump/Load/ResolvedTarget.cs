using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Config;

namespace CosmosKdump.Ckdump.Load;

/// <summary>A target of the configuration, as this machine has it now.</summary>
public sealed record ResolvedTarget
{
    /// <summary>The line of the configuration.</summary>
    public required ConfigTarget Source { get; init; }

    /// <summary>The item of <c>kdump.target=</c>; null: the capture kernel cannot use it.</summary>
    public string? Item { get; init; }

    /// <summary>Path of the dump area, or null.</summary>
    public string? Path { get; init; }

    /// <summary>Label of the dump area, or null.</summary>
    public AreaLabel? Label { get; init; }

    /// <summary>Where a file's extents lie on their disk, for the capture kernel's initrd; null for other targets.</summary>
    public byte[]? Map { get; init; }

    /// <summary>This user may not look at it: nothing is known of it.</summary>
    public bool IsHidden { get; init; }

    /// <summary>What keeps it from taking a dump, and what to do; null: nothing that is known.</summary>
    public string? Problem { get; init; }
}
