using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Encode.Kdump;

/// <summary>What a kdump-compressed dump should be.</summary>
public readonly struct KdumpOptions(
    DumpLevel level, Compressor compressor, bool excludesIdlePageStructs, DumpLevel source = default,
    bool isOfIncomplete = false)
{
    /// <summary>What is left out.</summary>
    public DumpLevel Level { get; } = level;

    /// <summary>How pages are compressed.</summary>
    public Compressor Compressor { get; } = compressor;

    /// <summary>Page structs of excluded pages are left out too.</summary>
    public bool ExcludesIdlePageStructs { get; } = excludesIdlePageStructs;

    /// <summary>Level of the dump that it is made of; 0 of memory.</summary>
    public DumpLevel Source { get; } = source;

    /// <summary>It is made of a dump that lacks pages, and says so.</summary>
    public bool IsOfIncomplete { get; } = isOfIncomplete;

    /// <summary>The level that the dump tells: what the filter left out, and what was not there before.</summary>
    public DumpLevel Told(DumpLevel filtered) => new((byte)(filtered.Value | Source.Value));
}
