namespace CosmosKdump.Kernel.Drivers.Pci;

/// <summary>Where a PCI function lives: bus, device and function, packed as a requester ID (PCIe 5.0, 2.2.6.2).</summary>
internal readonly struct PciAddress(ushort routingId)
{
    /// <summary>Bus in bits 15:8, device in bits 7:3, function in bits 2:0.</summary>
    public ushort RoutingId { get; } = routingId;

    /// <summary>Bus, 0 to 255.</summary>
    public byte Bus => (byte)(RoutingId >> 8);

    /// <summary>Device on its bus, 0 to 31.</summary>
    public byte Device => (byte)((RoutingId >> 3) & 0x1F);

    /// <summary>Function of its device, 0 to 7.</summary>
    public byte Function => (byte)(RoutingId & 7);

    /// <summary>The value of CONFIG_ADDRESS that selects a double word (PCI 3.0, 3.2.2.3.2).</summary>
    public uint ConfigAddress(int offset) => 0x8000_0000u | ((uint)RoutingId << 8) | ((uint)offset & 0xFC);
}
