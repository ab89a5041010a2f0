namespace CosmosKdump.Kernel.Drivers.Ahci;

/// <summary>Generic host control registers in BAR 5 and their fields (AHCI 1.3.1, 3.1).</summary>
internal static class AhciRegister
{
    /// <summary>CAP, capabilities (3.1.1).</summary>
    public const uint Capabilities = 0x00;

    /// <summary>GHC, global host control (3.1.2).</summary>
    public const uint GlobalControl = 0x04;

    /// <summary>PI, ports implemented (3.1.4).</summary>
    public const uint PortsImplemented = 0x0C;

    /// <summary>CAP2, more capabilities (3.1.10).</summary>
    public const uint MoreCapabilities = 0x24;

    /// <summary>BOHC, BIOS/OS hand-off (3.1.11).</summary>
    public const uint Handoff = 0x28;

    /// <summary>The first port's registers (3.3).</summary>
    public const uint Ports = 0x100;

    /// <summary>Bytes of a port's registers.</summary>
    public const uint PortBytes = 0x80;

    /// <summary>Most ports.</summary>
    public const int MaxPorts = 32;

    /// <summary>CAP.S64A: addresses have 64 bits.</summary>
    public const uint Has64BitAddresses = 1u << 31;

    /// <summary>CAP.SNCQ: native command queuing.</summary>
    public const uint HasNativeQueuing = 1u << 30;

    /// <summary>CAP.NCS, command slots of a port, counted from zero: its lowest bit.</summary>
    public const int SlotCountShift = 8;

    /// <summary>GHC.AE: the HBA speaks AHCI.</summary>
    public const uint AhciEnable = 1u << 31;

    /// <summary>GHC.IE: interrupts.</summary>
    public const uint InterruptEnable = 1u << 1;

    /// <summary>GHC.HR: reset of the HBA.</summary>
    public const uint HbaReset = 1u << 0;

    /// <summary>CAP2.BOH: BOHC exists.</summary>
    public const uint HasHandoff = 1u << 0;

    /// <summary>BOHC.BOS: the firmware owns the HBA.</summary>
    public const uint FirmwareOwns = 1u << 0;

    /// <summary>BOHC.OOS: the operating system owns it.</summary>
    public const uint SystemOwns = 1u << 1;

    /// <summary>BOHC.BB: the firmware is still busy with it.</summary>
    public const uint FirmwareBusy = 1u << 4;

    /// <summary>What every register reads as when the device is gone.</summary>
    public const uint Gone = uint.MaxValue;
}
