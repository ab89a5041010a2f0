using System;

namespace CosmosKdump.Ckdump.Receive;

/// <summary>What whoever connects may do, for nobody has to say who they are.</summary>
public sealed record StreamLimits
{
    /// <summary>Most bytes of a dump that are written.</summary>
    public long MostBytes { get; init; } = long.MaxValue;

    /// <summary>Bytes of the file system that stay free.</summary>
    public long KeptFreeBytes { get; init; } = 1L << 30;

    /// <summary>How long a sender may be silent.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long who connects may be silent before a dump begins.</summary>
    public TimeSpan SilenceAtFirst { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Dumps that are received at a time.</summary>
    public int Connections { get; init; } = 8;

    /// <summary>Ranges of a dump that are kept apart; a capture kernel needs a handful.</summary>
    public int Ranges { get; init; } = 1 << 16;
}
