namespace CosmosKdump.Kernel.Drivers.Pci;

/// <summary>
/// Walks a function's capability list (PCI 3.0, 6.7). A list that loops or leaves the area above the header ends the
/// walk: 192 bytes hold at most 48 capabilities.
/// </summary>
internal struct PciCapabilityWalk(PciDevice device)
{
    private const int MostCapabilities = 48;
    private const byte FirstOffset = 0x40;

    private readonly PciAddress _address = device.Address;
    private byte _next = FirstPointer(device);
    private int _seen;

    /// <summary>ID of the current capability.</summary>
    public byte Id { get; private set; }

    /// <summary>Offset of the current capability in configuration space.</summary>
    public byte Offset { get; private set; }

    /// <summary>Steps to the next capability.</summary>
    public bool MoveNext()
    {
        if (_next < FirstOffset || _seen == MostCapabilities)
        {
            return false;
        }
        ushort header = PciConfig.Read16(_address, _next);
        if (header == 0xFFFF)
        {
            return false;
        }
        Offset = _next;
        Id = (byte)header;
        _next = (byte)((header >> 8) & 0xFC);
        _seen++;
        return true;
    }

    private static byte FirstPointer(PciDevice device)
    {
        ushort status = PciConfig.Read16(device.Address, PciRegister.Status);
        // CardBus bridges (header type 2) keep the pointer elsewhere; no driver here wants them.
        return (status & PciRegister.StatusCapabilityList) == 0 || device.BarCount == 0
            ? (byte)0
            : (byte)(PciConfig.Read8(device.Address, PciRegister.CapabilityPointer) & 0xFC);
    }
}
