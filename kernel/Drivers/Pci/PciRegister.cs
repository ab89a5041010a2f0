namespace CosmosKdump.Kernel.Drivers.Pci;

/// <summary>Offsets and bits of configuration space (PCI 3.0, chapter 6; PCI-to-PCI bridge 1.2, chapter 3).</summary>
internal static class PciRegister
{
    /// <summary>Vendor ID, 16 bits (6.2.1).</summary>
    public const int VendorId = 0x00;

    /// <summary>Command, 16 bits (6.2.2).</summary>
    public const int Command = 0x04;

    /// <summary>Status, 16 bits (6.2.3).</summary>
    public const int Status = 0x06;

    /// <summary>Revision and class code, 32 bits (6.2.1).</summary>
    public const int ClassCode = 0x08;

    /// <summary>Header type, 8 bits (6.2.1).</summary>
    public const int HeaderType = 0x0E;

    /// <summary>First base address register (6.2.5).</summary>
    public const int FirstBar = 0x10;

    /// <summary>Bridge: bus on its far side, 8 bits (bridge 1.2, 3.2.5.3).</summary>
    public const int SecondaryBus = 0x19;

    /// <summary>Bridge: highest bus behind it, 8 bits (bridge 1.2, 3.2.5.4).</summary>
    public const int SubordinateBus = 0x1A;

    /// <summary>Offset of the first capability, 8 bits (6.7).</summary>
    public const int CapabilityPointer = 0x34;

    /// <summary>Command: answers in I/O space.</summary>
    public const ushort CommandIoSpace = 1 << 0;

    /// <summary>Command: answers in memory space.</summary>
    public const ushort CommandMemorySpace = 1 << 1;

    /// <summary>Command: may master the bus; for a bridge, forwards upstream.</summary>
    public const ushort CommandBusMaster = 1 << 2;

    /// <summary>Command: does not assert INTx.</summary>
    public const ushort CommandInterruptDisable = 1 << 10;

    /// <summary>Status: has a capability list.</summary>
    public const ushort StatusCapabilityList = 1 << 4;

    /// <summary>Header type: the device has several functions.</summary>
    public const byte HeaderMultiFunction = 0x80;

    /// <summary>Header type of a PCI-to-PCI bridge.</summary>
    public const byte HeaderBridge = 1;

    /// <summary>Base class and subclass of a host bridge (appendix D).</summary>
    public const uint ClassHostBridge = 0x060000;

    /// <summary>Mask that ignores a class code's programming interface.</summary>
    public const uint ClassMaskSubclass = 0xFFFF00;

    /// <summary>Capability: power management (PCI PM 1.2, 3.2).</summary>
    public const byte CapabilityPowerManagement = 0x01;

    /// <summary>Capability: message signalled interrupts (6.8.1).</summary>
    public const byte CapabilityMsi = 0x05;

    /// <summary>Capability: vendor specific (appendix H).</summary>
    public const byte CapabilityVendor = 0x09;

    /// <summary>Capability: PCI Express (PCIe 5.0, 7.5.3).</summary>
    public const byte CapabilityExpress = 0x10;

    /// <summary>Capability: MSI-X (6.8.2).</summary>
    public const byte CapabilityMsiX = 0x11;
}
