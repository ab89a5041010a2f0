namespace CosmosKdump.Kernel.Drivers.Virtio;

/// <summary>Registers of virtio over PCI (virtio 1.2, 4.1) and values of the device status field (2.1).</summary>
internal static class VirtioRegister
{
    /// <summary>PCI vendor ID (4.1.2).</summary>
    public const ushort Vendor = 0x1AF4;

    /// <summary>First PCI device ID of devices that are not transitional.</summary>
    public const ushort FirstModern = 0x1040;

    /// <summary>PCI device ID of a transitional network device.</summary>
    public const ushort TransitionalNet = 0x1000;

    /// <summary>PCI device ID of a network device that is not transitional.</summary>
    public const ushort ModernNet = 0x1041;

    /// <summary>PCI device ID of a transitional block device.</summary>
    public const ushort TransitionalBlock = 0x1001;

    /// <summary>PCI device ID of a block device that is not transitional.</summary>
    public const ushort ModernBlock = 0x1042;

    /// <summary>PCI device ID of a transitional SCSI controller.</summary>
    public const ushort TransitionalScsi = 0x1004;

    /// <summary>PCI device ID of a SCSI controller that is not transitional.</summary>
    public const ushort ModernScsi = 0x1048;

    // struct virtio_pci_cap (4.1.4).

    /// <summary>Capability: kind of structure.</summary>
    public const int CapabilityKind = 3;

    /// <summary>Capability: BAR.</summary>
    public const int CapabilityBar = 4;

    /// <summary>Capability: offset in the BAR.</summary>
    public const int CapabilityOffset = 8;

    /// <summary>Capability: length.</summary>
    public const int CapabilityLength = 12;

    /// <summary>Notification capability: bytes per queue_notify_off.</summary>
    public const int CapabilityNotifyMultiplier = 16;

    /// <summary>Kind: common configuration.</summary>
    public const byte KindCommon = 1;

    /// <summary>Kind: notifications.</summary>
    public const byte KindNotify = 2;

    /// <summary>Kind: device configuration.</summary>
    public const byte KindDevice = 4;

    // struct virtio_pci_common_cfg (4.1.4.3).

    /// <summary>Which 32 feature bits <see cref="DeviceFeature"/> shows.</summary>
    public const uint DeviceFeatureSelect = 0x00;

    /// <summary>Features offered.</summary>
    public const uint DeviceFeature = 0x04;

    /// <summary>Which 32 feature bits <see cref="DriverFeature"/> sets.</summary>
    public const uint DriverFeatureSelect = 0x08;

    /// <summary>Features accepted.</summary>
    public const uint DriverFeature = 0x0C;

    /// <summary>MSI-X vector for configuration changes.</summary>
    public const uint ConfigVector = 0x10;

    /// <summary>Device status, 8 bits.</summary>
    public const uint DeviceStatus = 0x14;

    /// <summary>Changes when the device configuration does, 8 bits.</summary>
    public const uint ConfigGeneration = 0x15;

    /// <summary>Queue that the fields below are of.</summary>
    public const uint QueueSelect = 0x16;

    /// <summary>Its size.</summary>
    public const uint QueueSize = 0x18;

    /// <summary>Its MSI-X vector.</summary>
    public const uint QueueVector = 0x1A;

    /// <summary>Whether it is enabled.</summary>
    public const uint QueueEnable = 0x1C;

    /// <summary>Where it is notified.</summary>
    public const uint QueueNotifyOffset = 0x1E;

    /// <summary>Address of the descriptor table, 64 bits.</summary>
    public const uint QueueDescriptors = 0x20;

    /// <summary>Address of the available ring, 64 bits.</summary>
    public const uint QueueAvailable = 0x28;

    /// <summary>Address of the used ring, 64 bits.</summary>
    public const uint QueueUsed = 0x30;

    /// <summary>Length of what the driver uses of the structure.</summary>
    public const uint CommonBytes = 0x38;

    // Legacy interface, I/O ports from BAR 0 (4.1.4.10).

    /// <summary>Legacy: features offered.</summary>
    public const ushort LegacyDeviceFeatures = 0x00;

    /// <summary>Legacy: features accepted.</summary>
    public const ushort LegacyDriverFeatures = 0x04;

    /// <summary>Legacy: page number of the queue.</summary>
    public const ushort LegacyQueueAddress = 0x08;

    /// <summary>Legacy: queue size, which the device chooses.</summary>
    public const ushort LegacyQueueSize = 0x0C;

    /// <summary>Legacy: queue select.</summary>
    public const ushort LegacyQueueSelect = 0x0E;

    /// <summary>Legacy: queue notify.</summary>
    public const ushort LegacyQueueNotify = 0x10;

    /// <summary>Legacy: device status.</summary>
    public const ushort LegacyDeviceStatus = 0x12;

    /// <summary>Legacy: device configuration, while MSI-X is off.</summary>
    public const ushort LegacyConfig = 0x14;

    // Device status (2.1).

    /// <summary>The driver has noticed the device.</summary>
    public const byte StatusAcknowledge = 1;

    /// <summary>The driver knows how to drive it.</summary>
    public const byte StatusDriver = 2;

    /// <summary>The driver is ready.</summary>
    public const byte StatusDriverOk = 4;

    /// <summary>Features are agreed on.</summary>
    public const byte StatusFeaturesOk = 8;

    /// <summary>The device has failed for good and wants a reset.</summary>
    public const byte StatusNeedsReset = 0x40;

    /// <summary>The driver has given up.</summary>
    public const byte StatusFailed = 0x80;

    /// <summary>What the register reads as when the device is gone.</summary>
    public const byte StatusGone = 0xFF;

    /// <summary>No MSI-X vector.</summary>
    public const ushort NoVector = 0xFFFF;
}
