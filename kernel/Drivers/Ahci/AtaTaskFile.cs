namespace CosmosKdump.Kernel.Drivers.Ahci;

/// <summary>A command with what goes into the other registers of the device.</summary>
internal readonly struct AtaTaskFile(byte command, ushort feature = 0, ulong block = 0, ushort count = 0)
{
    // LBA mode (ACS-3, 7.1.5.1); for queued commands the same bit (7.63.3).
    private const uint DeviceLba = 0x40;
    private const uint HostToDevice = 0x27;
    private const uint IsCommand = 0x80;

    /// <summary>Bytes of the FIS.</summary>
    public const int FisBytes = 20;

    /// <summary>A dword of the host-to-device register FIS (SATA 3.2, 10.5.5), 0 to 4.</summary>
    public uint FisDword(int index) => index switch
    {
        0 => HostToDevice | (IsCommand << 8) | ((uint)command << 16) | ((feature & 0xFFu) << 24),
        1 => ((uint)block & 0xFF_FFFF) | (DeviceLba << 24),
        2 => ((uint)(block >> 24) & 0xFF_FFFF) | ((uint)(feature >> 8) << 24),
        3 => count,
        _ => 0,
    };
}
