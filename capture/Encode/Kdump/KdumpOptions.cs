using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Encode.Kdump;

/// <summary>What a kdump-compressed dump should be.</summary>
public readonly struct KdumpOptions(
    DumpLevel level, Compressor compressor, bool excludesIdlePageStructs, bool isOfIncomplete = false)
{
    /// <summary>What is left out.</summary>
    public DumpLevel Level { get; } = level;

    /// <summary>How pages are compressed.</summary>
    public Compressor Compressor { get; } = compressor;

    /// <summary>Page structs of excluded pages are left out too.</summary>
    public bool ExcludesIdlePageStructs { get; } = excludesIdlePageStructs;

    /// <summary>It is made of a dump that lacks pages, and says so.</summary>
    public bool IsOfIncomplete { get; } = isOfIncomplete;
}
