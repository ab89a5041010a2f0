using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Drivers.Pci;

/// <summary>Devices of the machine that are no PCI functions, as far as somebody told where they are.</summary>
internal static class FixedDevices
{
    private static FixedDeviceList _devices;

    /// <summary>Devices known.</summary>
    public static int Count { get; private set; }

    /// <summary>A device.</summary>
    public static PciDevice At(int index) => _devices[index];

    /// <summary>Forgets all.</summary>
    public static void Clear() => Count = 0;

    /// <summary>Adds one; <see cref="Status.TooManyEntries"/> when there is no room.</summary>
    public static Status Add(in PciDevice device)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_devices[i].Registers == device.Registers)
            {
                return Status.Ok;
            }
        }
        if (Count == FixedDeviceList.Capacity)
        {
            return Status.TooManyEntries;
        }
        _devices[Count++] = device;
        return Status.Ok;
    }
}
