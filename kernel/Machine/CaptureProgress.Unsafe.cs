namespace CosmosKdump.Kernel.Machine;

/// <summary>
/// The capture's progress, told where it is made: requests that disks completed, pages of the crashed kernel that were
/// read, steps begun. It never comes from a wait, so that whatever watches over it sees a capture that hangs.
/// </summary>
internal static unsafe class CaptureProgress
{
    private const uint IntervalMicroseconds = 100_000;

    private static delegate*<void> _watcher;
    private static ulong _next;

    /// <summary>Sets who is told: at once, and then at most ten times a second.</summary>
    internal static void Use(delegate*<void> watcher)
    {
        _watcher = watcher;
        _next = 0;
        Made();
    }

    /// <summary>Notes progress. Costs nothing where nobody watches.</summary>
    internal static void Made()
    {
        // Only Use stores here: a plain function that never goes.
        if (_watcher != null && Cpu.Timestamp() >= _next)
        {
            _next = Cpu.Timestamp() + (IntervalMicroseconds * Clock.TicksPerMicrosecond);
            _watcher();
        }
    }
}
