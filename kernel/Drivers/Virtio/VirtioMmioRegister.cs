namespace CosmosKdump.Kernel.Drivers.Virtio;

/// <summary>Registers of virtio over MMIO (virtio 1.2, 4.2.2), of 32 bits each, and of its legacy interface (4.2.4).</summary>
internal static class VirtioMmioRegister
{
    /// <summary>"virt".</summary>
    public const uint Magic = 0x00;

    /// <summary>What it reads as.</summary>
    public const uint MagicValue = 0x74726976;

    /// <summary>2, or 1 of the legacy interface.</summary>
    public const uint Version = 0x04;

    /// <summary>Legacy version.</summary>
    public const uint VersionLegacy = 1;

    /// <summary>Version of virtio 1.</summary>
    public const uint VersionModern = 2;

    /// <summary>Kind of device (chapter 5); 0: an empty place.</summary>
    public const uint DeviceId = 0x08;

    /// <summary>Features offered.</summary>
    public const uint DeviceFeature = 0x10;

    /// <summary>Which 32 of them.</summary>
    public const uint DeviceFeatureSelect = 0x14;

    /// <summary>Features accepted.</summary>
    public const uint DriverFeature = 0x20;

    /// <summary>Which 32 of them.</summary>
    public const uint DriverFeatureSelect = 0x24;

    /// <summary>Legacy: bytes of a page of <see cref="LegacyQueuePage"/>.</summary>
    public const uint LegacyPageBytes = 0x28;

    /// <summary>Queue that the fields below are of.</summary>
    public const uint QueueSelect = 0x30;

    /// <summary>Its largest size.</summary>
    public const uint QueueSizeMax = 0x34;

    /// <summary>Its size.</summary>
    public const uint QueueSize = 0x38;

    /// <summary>Legacy: alignment of the used ring, bytes.</summary>
    public const uint LegacyQueueAlign = 0x3C;

    /// <summary>Legacy: page number of the queue.</summary>
    public const uint LegacyQueuePage = 0x40;

    /// <summary>Whether the queue is in use.</summary>
    public const uint QueueReady = 0x44;

    /// <summary>Number of a queue that has new buffers.</summary>
    public const uint QueueNotify = 0x50;

    /// <summary>Device status.</summary>
    public const uint DeviceStatus = 0x70;

    /// <summary>Address of the descriptor table, 64 bits in two registers.</summary>
    public const uint QueueDescriptors = 0x80;

    /// <summary>Address of the available ring.</summary>
    public const uint QueueAvailable = 0x90;

    /// <summary>Address of the used ring.</summary>
    public const uint QueueUsed = 0xA0;

    /// <summary>Changes when the device configuration does.</summary>
    public const uint ConfigGeneration = 0xFC;

    /// <summary>Device configuration.</summary>
    public const uint Config = 0x100;
}
