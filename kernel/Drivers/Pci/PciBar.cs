using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Drivers.Pci;

/// <summary>A decoded base address register (PCI 3.0, 6.2.5.1).</summary>
internal readonly struct PciBar
{
    private const uint IoSpace = 1;
    private const uint TypeMask = 6;
    private const uint Type64 = 4;

    private PciBar(ulong address, ulong lengthBytes, bool isIo)
    {
        Address = address;
        LengthBytes = lengthBytes;
        IsIo = isIo;
    }

    /// <summary>Physical address, or first port.</summary>
    public ulong Address { get; }

    /// <summary>Length of the window, bytes, a power of two.</summary>
    public ulong LengthBytes { get; }

    /// <summary>The window is in I/O space.</summary>
    public bool IsIo { get; }

    /// <summary>
    /// Reads and sizes a BAR. Sizing writes it, so the function must be idle; decoding is off meanwhile.
    /// <see cref="Status.DeviceUnsupported"/>: the BAR does not exist or was never given an address.
    /// </summary>
    public static Status Read(in PciDevice device, int index, out PciBar bar)
    {
        bar = default;
        if ((uint)index >= (uint)device.BarCount)
        {
            return Status.DeviceUnsupported;
        }
        PciAddress address = device.Address;
        int offset = PciRegister.FirstBar + (index * 4);
        ushort command = PciConfig.Read16(address, PciRegister.Command);
        const ushort Decoding = PciRegister.CommandIoSpace | PciRegister.CommandMemorySpace;
        PciConfig.Write16(address, PciRegister.Command, (ushort)(command & ~Decoding));

        uint low = PciConfig.Read32(address, offset);
        uint lowMask = Size(address, offset, low);
        bool isIo = (low & IoSpace) != 0;
        bool is64 = !isIo && (low & TypeMask) == Type64 && index + 1 < device.BarCount;
        uint high = is64 ? PciConfig.Read32(address, offset + 4) : 0;
        uint highMask = is64 ? Size(address, offset + 4, high) : uint.MaxValue;

        PciConfig.Write16(address, PciRegister.Command, command);
        return Decode(low, lowMask, high, highMask, isIo, out bar);
    }

    private static uint Size(PciAddress address, int offset, uint value)
    {
        PciConfig.Write32(address, offset, uint.MaxValue);
        uint mask = PciConfig.Read32(address, offset);
        PciConfig.Write32(address, offset, value);
        return mask;
    }

    private static Status Decode(uint low, uint lowMask, uint high, uint highMask, bool isIo, out PciBar bar)
    {
        bar = default;
        uint flags = isIo ? 3u : 0xFu;
        ulong mask = ((ulong)highMask << 32) | (lowMask & ~flags);
        if (isIo)
        {
            // A device may decode only 16 address bits: PC ports are no wider.
            mask |= 0xFFFF_FFFF_FFFF_0000;
        }
        ulong address = ((ulong)high << 32) | (low & ~flags);
        ulong length = 0 - mask;
        if (lowMask is 0 or uint.MaxValue || length == 0 || address == 0)
        {
            return Status.DeviceUnsupported;
        }
        ulong end = isIo ? 0x1_0000 : Limits.PhysicalEnd;
        if (length > end || address > end - length)
        {
            return Status.AddressOutOfRange;
        }
        bar = new PciBar(address, length, isIo);
        return Status.Ok;
    }
}
