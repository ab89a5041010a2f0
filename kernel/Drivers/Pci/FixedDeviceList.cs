using System.Runtime.CompilerServices;

namespace CosmosKdump.Kernel.Drivers.Pci;

/// <summary>Devices in place.</summary>
[InlineArray(Capacity)]
internal struct FixedDeviceList
{
    /// <summary>Most devices.</summary>
    public const int Capacity = 32;

    private PciDevice _first;
}
