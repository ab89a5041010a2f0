using System.Runtime.CompilerServices;

namespace CosmosKdump.Kernel.Drivers.Pci;

/// <summary>
/// The part of a header that software sets, 0x10 to 0x3F, kept over a reset: BARs, and for a bridge its bus numbers and
/// windows.
/// </summary>
[InlineArray(Count)]
internal struct PciHeaderValues
{
    private const int Count = 12;
    private uint _first;

    /// <summary>Reads the registers.</summary>
    public static PciHeaderValues Save(in PciDevice device)
    {
        PciHeaderValues values = default;
        for (int i = 0; i < Count; i++)
        {
            values[i] = PciConfig.Read32(device.Address, PciRegister.FirstBar + (i * 4));
        }
        return values;
    }

    /// <summary>Writes them back; read-only fields among them ignore it.</summary>
    public readonly void Restore(in PciDevice device)
    {
        for (int i = 0; i < Count; i++)
        {
            PciConfig.Write32(device.Address, PciRegister.FirstBar + (i * 4), this[i]);
        }
    }
}
