using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Pci;

/// <summary>Configuration space by mechanism #1 (PCI 3.0, 3.2.2.3.2): the first 256 bytes of every function.</summary>
internal static class PciConfig
{
    private const ushort AddressPort = 0xCF8;
    private const ushort DataPort = 0xCFC;

    /// <summary>Whether the machine answers mechanism #1: CONFIG_ADDRESS keeps its enable bit.</summary>
    public static bool IsPresent()
    {
        PortIo.Out32(AddressPort, 0x8000_0000);
        return PortIo.In32(AddressPort) == 0x8000_0000;
    }

    /// <summary>Reads a double word; all ones where no function answers.</summary>
    public static uint Read32(PciAddress address, int offset)
    {
        PortIo.Out32(AddressPort, address.ConfigAddress(offset));
        return PortIo.In32(DataPort);
    }

    /// <summary>Reads a word at an even offset.</summary>
    public static ushort Read16(PciAddress address, int offset)
    {
        PortIo.Out32(AddressPort, address.ConfigAddress(offset));
        return PortIo.In16((ushort)(DataPort + (offset & 2)));
    }

    /// <summary>Reads a byte.</summary>
    public static byte Read8(PciAddress address, int offset)
    {
        PortIo.Out32(AddressPort, address.ConfigAddress(offset));
        return PortIo.In8((ushort)(DataPort + (offset & 3)));
    }

    /// <summary>Writes a double word.</summary>
    public static void Write32(PciAddress address, int offset, uint value)
    {
        PortIo.Out32(AddressPort, address.ConfigAddress(offset));
        PortIo.Out32(DataPort, value);
    }

    /// <summary>
    /// Writes a word at an even offset and nothing else: the Status register beside Command is cleared by writing ones.
    /// </summary>
    public static void Write16(PciAddress address, int offset, ushort value)
    {
        PortIo.Out32(AddressPort, address.ConfigAddress(offset));
        PortIo.Out16((ushort)(DataPort + (offset & 2)), value);
    }
}
