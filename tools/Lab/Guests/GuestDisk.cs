namespace CosmosKdump.Lab.Guests;

/// <summary>A disk of a guest.</summary>
public sealed record GuestDisk
{
    /// <summary>The device that the guest sees.</summary>
    public DiskInterface Interface { get; init; } = DiskInterface.Nvme;

    /// <summary>Size, MiB. 0: the guest's memory and an eighth more, enough for any dump of it.</summary>
    public int SizeMiB { get; init; }

    /// <summary>Logical block size, bytes: 512 or 4096.</summary>
    public int BlockBytes { get; init; } = 512;

    /// <summary>What lies behind it.</summary>
    public DiskMedium Medium { get; init; } = DiskMedium.Sparse;

    /// <summary>
    /// Zeros that the guest writes become holes of the image: what the guest sees is the same, and the host has less to
    /// write. Not for a bench.
    /// </summary>
    public bool ZerosAsHoles { get; init; }

    /// <summary>An image of your own to use instead of a new one; it is not deleted afterwards.</summary>
    public string? ImagePath { get; init; }

    /// <summary>Made a dump area by <c>ckdump prepare</c> before the guest starts.</summary>
    public bool Prepared { get; init; }

    /// <summary>The device refuses writes.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Writes that touch the sectors from this byte on fail with EIO; -1: none.</summary>
    public long FailWritesAtBytes { get; init; } = -1;

    /// <summary>Length of the part whose writes fail, bytes.</summary>
    public int FailWritesBytes { get; init; } = 512;

    /// <summary>Distance of the sectors that fail in it, bytes: a page apart, few of them spoil a long part.</summary>
    public int FailWritesEveryBytes { get; init; } = 512;

    /// <summary>Each of these sectors fails one write only.</summary>
    public bool FailWritesOnce { get; init; }

    /// <summary>Every write fails with EIO.</summary>
    public bool FailAllWrites { get; init; }

    /// <summary>
    /// Bytes per second that the disk takes; 0: no limit. A limit of 1 makes a disk that stops answering after its
    /// first write.
    /// </summary>
    public long BytesPerSecond { get; init; }

    /// <summary>More properties of QEMU's device, such as <c>mdts=3</c>; of an AHCI or
    /// SCSI disk and of an NVMe namespace with a place its controller's.</summary>
    public string DeviceProperties { get; init; } = "";

    /// <summary>
    /// Port of an AHCI controller that another disk has brought, <c>ahciN.PORT</c> for disk number N's; empty: port 0
    /// of a controller of its own.
    /// </summary>
    public string AhciPort { get; init; } = "";

    /// <summary>
    /// Place of a SCSI disk, <c>BUS:TARGET:LUN</c>, on the controller <c>scsiN.0</c> that disk number N has brought;
    /// empty: target 0, LUN 0 of a controller of its own; without a bus: there another target and LUN.
    /// </summary>
    public string ScsiPlace { get; init; } = "";

    /// <summary>
    /// Place of an NVMe namespace, <c>nvmeN:NSID</c>, on the controller that disk number N has brought, or <c>NSID</c> of
    /// one of its own; empty: the only namespace of a controller of its own.
    /// </summary>
    public string NvmePlace { get; init; } = "";

    /// <summary>The namespace exists, but is not attached to its controller: it is not active.</summary>
    public bool Detached { get; init; }

    /// <summary>An NVMe disk with a dump area.</summary>
    public static GuestDisk PreparedNvme { get; } = new() { Prepared = true };

    /// <summary>A SATA disk with a dump area.</summary>
    public static GuestDisk PreparedAhci { get; } = new() { Interface = DiskInterface.Ahci, Prepared = true };

    /// <summary>A SCSI disk on virtio-scsi with a dump area.</summary>
    public static GuestDisk PreparedScsi { get; } = new() { Interface = DiskInterface.VirtioScsi, Prepared = true };

    /// <summary>A virtio-blk disk with a dump area.</summary>
    public static GuestDisk PreparedVirtio { get; } = new()
    {
        Interface = DiskInterface.VirtioModern,
        Prepared = true,
    };
}
