namespace CosmosKdump.Ckdump.Machine;

/// <summary>A watchdog of this machine, as Linux shows it in <c>/sys/class/watchdog</c>.</summary>
/// <param name="Name">What its driver calls itself.</param>
/// <param name="IsArmed">It counts: somebody has opened it.</param>
/// <param name="TimeoutSeconds">When it resets the machine if nobody feeds it; null: not told.</param>
public sealed record MachineWatchdog(string Name, bool IsArmed, ulong? TimeoutSeconds)
{
    /// <summary>The capture kernel feeds it while a dump makes progress (kernel/Drivers/Watchdog).</summary>
    public bool IsFed => Name is "iTCO_wdt" or "i6300ESB timer" or "wdat_wdt";

    /// <summary>It is a timer of Linux itself, which ends with it.</summary>
    public bool IsSoftware => Name == "Software Watchdog";

    /// <summary>It counts, and may reset the machine in the middle of a dump.</summary>
    public bool IsDanger => IsArmed && !IsFed && !IsSoftware;
}
