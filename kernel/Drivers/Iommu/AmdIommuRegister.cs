namespace CosmosKdump.Kernel.Drivers.Iommu;

/// <summary>Registers of an AMD IOMMU (AMD IOMMU 3.10, 3.2 and 3.4) and structures of the IVRS table (5.2).</summary>
internal static class AmdIommuRegister
{
    /// <summary>Bytes of the registers that are used here.</summary>
    public const uint Bytes = 0x2028;

    /// <summary>Where the registers lie is a multiple of this (3.2.2).</summary>
    public const ulong Alignment = 1 << 14;

    /// <summary>Control, the lower half of its 64 bits (3.4.6).</summary>
    public const uint Control = 0x18;

    /// <summary>Status, the lower half (3.4.16).</summary>
    public const uint Status = 0x2020;

    /// <summary>Control: the IOMMU translates.</summary>
    public const uint Enable = 1u << 0;

    /// <summary>
    /// Control: what reads or writes memory by itself, or interrupts. EventLogEn, EventIntEn, ComWaitIntEn, CmdBufEn,
    /// PPRLogEn, PPRIntEn, PPREn, GALogEn, GAIntEn.
    /// </summary>
    public const uint OwnAccess = (1u << 2) | (1u << 3) | (1u << 4) | (7u << 12) | (1u << 15) | (3u << 28);

    /// <summary>Status: EventLogRun, CmdBufRun, PPRLogRun, GALogRun.</summary>
    public const uint Running = (1u << 3) | (1u << 4) | (1u << 7) | (1u << 8);

    /// <summary>Capability header: ID and type (3.2.1).</summary>
    public const uint CapabilityMask = 0x0007_00FF;

    /// <summary>Capability header of an IOMMU: a secure device (0FH) of type 3.</summary>
    public const uint Capability = 0x0003_000F;

    /// <summary>IVHD: device ID of the IOMMU.</summary>
    public const int BlockDevice = 4;

    /// <summary>IVHD: offset of its capability.</summary>
    public const int BlockCapability = 6;

    /// <summary>IVHD: address of the registers.</summary>
    public const int BlockAddress = 8;

    /// <summary>IVHD: PCI segment.</summary>
    public const int BlockSegment = 16;

    /// <summary>Bytes of an IVHD that are read here.</summary>
    public const int BlockBytes = 18;

    /// <summary>Whether a structure is an IVHD: types 10H, 11H, 40H (5.2.2); one IOMMU may have all three.</summary>
    public static bool IsBlock(byte type) => type is 0x10 or 0x11 or 0x40;
}
