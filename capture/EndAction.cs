namespace CosmosKdump.Capture;

/// <summary>What happens after the capture, by kdump.conf's words.</summary>
public enum EndAction : byte
{
    /// <summary>Restart the machine.</summary>
    Reboot = 0,
    /// <summary>Switch the machine off.</summary>
    Poweroff = 1,
    /// <summary>Stop the processor and leave everything as it is.</summary>
    Halt = 2,
    /// <summary>Open the monitor.</summary>
    Shell = 3,
}
