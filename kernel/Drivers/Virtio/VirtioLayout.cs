using CosmosKdump.Kernel.Drivers.Block;

namespace CosmosKdump.Kernel.Drivers.Virtio;

/// <summary>Where things lie in the driver's DMA memory.</summary>
internal static class VirtioLayout
{
    /// <summary>Largest transfer, bytes.</summary>
    public const int MaxTransferBytes = 1 << 20;

    /// <summary>Descriptors of a modern queue: every slot has one or a short chain.</summary>
    public const int MaxModernQueue = 128;

    /// <summary>Most descriptors of a legacy queue, whose size the device dictates.</summary>
    public const int MaxLegacyQueue = 1024;

    /// <summary>Bytes of a descriptor (virtio 1.2, 2.7.5).</summary>
    public const int DescriptorBytes = 16;

    /// <summary>Descriptors of a request at most: its header, data segments, its status.</summary>
    public const int MaxChain = 16;

    /// <summary>Data segments of a request at most.</summary>
    public const int MaxSegments = MaxChain - 2;

    /// <summary>Descriptor table, available ring, used ring: 28,678 bytes for the largest legacy queue.</summary>
    public const int Queue = 0;

    /// <summary>Headers and status bytes, one record per slot.</summary>
    public const int Records = 32 * 1024;

    /// <summary>Bytes of a record: 16 of header, the status byte, padding.</summary>
    public const int RecordBytes = 32;

    /// <summary>Offset of the status byte in a record.</summary>
    public const int RecordStatus = 16;

    /// <summary>Indirect descriptor tables, one per slot.</summary>
    public const int Tables = Records + (RequestSlots.Most * RecordBytes);

    /// <summary>Bytes of a slot's table.</summary>
    public const int TableBytes = MaxChain * DescriptorBytes;

    /// <summary>Length of the whole region, bytes.</summary>
    public const int RegionBytes = Tables + (RequestSlots.Most * TableBytes);
}
