namespace CosmosKdump.Kernel.Drivers.Virtio;

/// <summary>Feature bits (virtio 1.2, 5.2.3 and chapter 6).</summary>
internal static class VirtioFeature
{
    /// <summary>VIRTIO_BLK_F_SIZE_MAX: a segment has a largest size.</summary>
    public const ulong BlockSizeMax = 1UL << 1;

    /// <summary>VIRTIO_BLK_F_SEG_MAX: a request has a largest number of segments.</summary>
    public const ulong BlockSegmentMax = 1UL << 2;

    /// <summary>VIRTIO_BLK_F_RO: read-only.</summary>
    public const ulong BlockReadOnly = 1UL << 5;

    /// <summary>VIRTIO_BLK_F_BLK_SIZE: the block size is told.</summary>
    public const ulong BlockSize = 1UL << 6;

    /// <summary>VIRTIO_BLK_F_FLUSH: takes flush requests.</summary>
    public const ulong BlockFlush = 1UL << 9;

    /// <summary>VIRTIO_NET_F_CSUM: takes frames whose checksum is not finished (5.1.3).</summary>
    public const ulong NetChecksum = 1UL << 0;

    /// <summary>VIRTIO_NET_F_MTU: the longest packet is told.</summary>
    public const ulong NetMtu = 1UL << 3;

    /// <summary>VIRTIO_NET_F_MAC: the address is told.</summary>
    public const ulong NetMac = 1UL << 5;

    /// <summary>VIRTIO_NET_F_HOST_TSO4: cuts TCP payload over IPv4 into segments.</summary>
    public const ulong NetTso4 = 1UL << 11;

    /// <summary>VIRTIO_NET_F_STATUS: the carrier is told.</summary>
    public const ulong NetStatus = 1UL << 16;

    /// <summary>VIRTIO_F_INDIRECT_DESC.</summary>
    public const ulong IndirectDescriptors = 1UL << 28;

    /// <summary>VIRTIO_F_VERSION_1: not legacy.</summary>
    public const ulong Version1 = 1UL << 32;

    /// <summary>
    /// VIRTIO_F_ACCESS_PLATFORM: addresses are those of the platform's DMA, which here are physical ones; a device that
    /// offers it may refuse to work without.
    /// </summary>
    public const ulong AccessPlatform = 1UL << 33;

    /// <summary>VIRTIO_F_ORDER_PLATFORM: needs the platform's barriers, which the queue has.</summary>
    public const ulong OrderPlatform = 1UL << 36;

    /// <summary>All that the network driver understands.</summary>
    public const ulong NetUnderstood = NetChecksum | NetMtu | NetMac | NetTso4 | NetStatus
        | Version1 | AccessPlatform | OrderPlatform;

    /// <summary>All that the block driver understands.</summary>
    public const ulong Understood = BlockSizeMax | BlockSegmentMax | BlockReadOnly | BlockSize | BlockFlush
        | IndirectDescriptors | Version1 | AccessPlatform | OrderPlatform;

    /// <summary>
    /// All that the SCSI driver understands: without VIRTIO_SCSI_F_T10_PI (5.6.3) requests have their short header.
    /// </summary>
    public const ulong ScsiUnderstood = Version1 | AccessPlatform | OrderPlatform;
}
