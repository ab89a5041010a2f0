namespace CosmosKdump.Kernel.Drivers.Virtio;

/// <summary>A logical unit behind a virtio SCSI controller (virtio 1.2, 5.6.6.1).</summary>
internal readonly struct VirtioScsiAddress(byte target, ushort lun)
{
    // Flat space addressing (SAM-5, 4.7.7.3), as Linux sends it.
    private const int FlatMethod = 1 << 14;

    /// <summary>Target.</summary>
    public byte Target { get; } = target;

    /// <summary>Number of the unit at its target, below 16384.</summary>
    public ushort Lun { get; } = lun;

    /// <summary>The same as a number that is not 0.</summary>
    public uint Id => 1u << 31 | (uint)Target << 16 | Lun;

    /// <summary>The eight bytes of a request: 1, the target, the unit in two bytes, zeros.</summary>
    public ulong Bytes => 1UL | (ulong)Target << 8 | (ulong)((Lun | FlatMethod) >> 8) << 16 | (ulong)(byte)Lun << 24;
}
