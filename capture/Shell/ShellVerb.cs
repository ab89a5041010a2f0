namespace CosmosKdump.Capture.Shell;

/// <summary>What the monitor is told to do.</summary>
public enum ShellVerb : byte
{
    /// <summary>An empty line.</summary>
    None = 0,
    /// <summary>A word that is no command.</summary>
    Unknown,
    /// <summary>Lists the commands.</summary>
    Help,
    /// <summary>What crashed, what was captured, and how each target ended.</summary>
    Status,
    /// <summary>The crashed kernel's memory and ours.</summary>
    Mem,
    /// <summary>Devices on PCI.</summary>
    Pci,
    /// <summary>Disks, their partitions and dump areas.</summary>
    Disks,
    /// <summary>The crashed kernel's messages.</summary>
    Log,
    /// <summary>The stack of the task that crashed.</summary>
    Backtrace,
    /// <summary>Captures into a target.</summary>
    Dump,
    /// <summary>Stops long output at each screen, or not.</summary>
    More,
    /// <summary>Restarts the machine.</summary>
    Reboot,
    /// <summary>Switches the machine off.</summary>
    Poweroff,
    /// <summary>Stops the processor.</summary>
    Halt,
}
