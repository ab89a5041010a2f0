using System.Diagnostics;
using CosmosKdump.Capture;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>The clock port over the host's monotonic clock.</summary>
public readonly struct WallClock : IClock
{
    /// <inheritdoc/>
    public ulong Microseconds => (ulong)(Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000));
}
