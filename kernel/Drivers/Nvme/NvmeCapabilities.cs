namespace CosmosKdump.Kernel.Drivers.Nvme;

/// <summary>The fields of the CAP register that the driver goes by (NVMe base 2.0c, 3.1.3.1).</summary>
internal readonly struct NvmeCapabilities(ulong value)
{
    /// <summary>MQES: most entries of a queue (the register counts from zero).</summary>
    public int MaxQueueEntries { get; } = (int)(value & 0xFFFF) + 1;

    /// <summary>TO: worst time until CSTS.RDY follows CC.EN, milliseconds.</summary>
    public uint ReadyMilliseconds { get; } = (uint)(value >> 24 & 0xFF) * 500;

    /// <summary>DSTRD: distance of two doorbells, bytes.</summary>
    public uint DoorbellStrideBytes { get; } = 4u << (int)(value >> 32 & 0xF);

    /// <summary>CSS bit 0: the NVM command set.</summary>
    public bool HasNvmCommandSet { get; } = (value >> 37 & 1) != 0;

    /// <summary>CSS bit 6: one or more I/O command sets, to be chosen all together.</summary>
    public bool HasAllCommandSets { get; } = (value >> 43 & 1) != 0;

    /// <summary>MPSMIN: log2 of the smallest memory page, 12 or more.</summary>
    public int MinPageShift { get; } = 12 + (int)(value >> 48 & 0xF);

    /// <summary>CRMS bit 0: CRTO tells the time until the media are ready.</summary>
    public bool HasReadyTimeouts { get; } = (value >> 59 & 1) != 0;

    /// <summary>Doorbells end here: registers of the admin and one I/O queue pair.</summary>
    public ulong RegisterBytes => NvmeRegister.Doorbells + (4UL * DoorbellStrideBytes);
}
