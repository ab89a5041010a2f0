namespace CosmosKdump.Lab.Guests;

/// <summary>The device that a guest sees as a disk.</summary>
public enum DiskInterface
{
    /// <summary>NVMe controller with one namespace.</summary>
    Nvme,

    /// <summary>virtio-blk, version 1 only.</summary>
    VirtioModern,

    /// <summary>virtio-blk with both interfaces.</summary>
    VirtioTransitional,

    /// <summary>virtio-blk, the interface before version 1 only.</summary>
    VirtioLegacy,

    /// <summary>SATA disk behind an AHCI controller (ICH9).</summary>
    Ahci,

    /// <summary>SCSI disk behind a virtio-scsi controller, version 1 only.</summary>
    VirtioScsi,

    /// <summary>SCSI disk behind a virtio-scsi controller with the interface before version 1 only.</summary>
    VirtioScsiLegacy,

    /// <summary>virtio-blk over MMIO: of a machine without PCI.</summary>
    VirtioMmio,

    /// <summary>SCSI disk behind a virtio-scsi controller over MMIO.</summary>
    VirtioScsiMmio,
}
