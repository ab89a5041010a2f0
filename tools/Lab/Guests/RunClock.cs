using System.Diagnostics;

namespace CosmosKdump.Lab.Guests;

/// <summary>The monotonic clock of a run; 0 is QEMU's start.</summary>
public sealed class RunClock
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    /// <summary>Seconds since QEMU's start.</summary>
    public double Seconds => _watch.Elapsed.TotalSeconds;
}
