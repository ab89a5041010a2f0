namespace CosmosKdump.Kernel.Drivers.Iommu;

/// <summary>Registers of a VT-d remapping unit (VT-d 4.1, 11.4) and structures of the DMAR table (8.1 to 8.3).</summary>
internal static class VtdRegister
{
    /// <summary>Bytes of the registers that are used here.</summary>
    public const uint Bytes = 0x98;

    /// <summary>Version: major in bits 7:4, minor in bits 3:0, the others reserved (11.4.1).</summary>
    public const uint Version = 0x00;

    /// <summary>Global command, write only (11.4.4.1).</summary>
    public const uint GlobalCommand = 0x18;

    /// <summary>Global status, with the bits of the command (11.4.4.2).</summary>
    public const uint GlobalStatus = 0x1C;

    /// <summary>Protected memory enable (11.4.8.1).</summary>
    public const uint ProtectedMemory = 0x64;

    /// <summary>Invalidation queue: head (11.4.9.1).</summary>
    public const uint QueueHead = 0x80;

    /// <summary>Invalidation queue: tail (11.4.9.2).</summary>
    public const uint QueueTail = 0x88;

    /// <summary>Global status: DMA is translated.</summary>
    public const uint Translation = 1u << 31;

    /// <summary>Global status: the invalidation queue runs.</summary>
    public const uint QueuedInvalidation = 1u << 26;

    /// <summary>Global status: interrupts are remapped.</summary>
    public const uint InterruptRemapping = 1u << 25;

    /// <summary>Bits of the status that may be written back as a command: the others begin something (11.4.4.1).</summary>
    public const uint Persistent = 0x96FF_FFFF;

    /// <summary>Protected memory: enable.</summary>
    public const uint ProtectedEnable = 1u << 31;

    /// <summary>Protected memory: the regions are protected.</summary>
    public const uint ProtectedStatus = 1u << 0;

    /// <summary>DMAR structure: DMA remapping hardware unit (8.3).</summary>
    public const ushort HardwareUnit = 0;

    /// <summary>Bytes of a hardware unit's structure before its device scope.</summary>
    public const int HardwareUnitBytes = 16;

    /// <summary>Hardware unit: flags; bit 0: all devices of the segment that no other unit has.</summary>
    public const int HardwareUnitFlags = 4;

    /// <summary>Hardware unit: PCI segment.</summary>
    public const int HardwareUnitSegment = 6;

    /// <summary>Hardware unit: address of the registers.</summary>
    public const int HardwareUnitAddress = 8;
}
