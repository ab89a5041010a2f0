using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Drivers.Pci;

/// <summary>
/// Which buses exist: those behind bus 0, as the old kernel numbered them, and those of further host bridges. Found once
/// by <see cref="Discover"/>.
/// </summary>
internal static class PciBuses
{
    /// <summary>Most buses of a segment.</summary>
    public const int Count = 256;

    private static PciBusSet _present;

    /// <summary>Whether the bus was found.</summary>
    public static bool Contains(int bus) => _present.Contains(bus);

    /// <summary>Finds all buses; returns how many. Every bus is looked at once at most, whatever bridges claim.</summary>
    public static int Discover()
    {
        _present = default;
        if (!PciConfig.IsPresent())
        {
            return 0;
        }
        PciBusSet claimed = default;
        int found = Enter(0, ref claimed);
        // Further root buses are no bridge's child: without ACPI, the way to find them is to look.
        for (int bus = 1; bus < Count; bus++)
        {
            if (!claimed.Contains(bus) && HasDevice(bus))
            {
                found += Enter(bus, ref claimed);
            }
        }
        return found;
    }

    /// <summary>
    /// Finds the bridge that leads to a bus; <see cref="Status.NoDevice"/> for a root bus, which has none.
    /// </summary>
    public static Status FindBridgeTo(byte bus, out PciDevice bridge)
    {
        PciDeviceWalk walk = PciDeviceWalk.All();
        while (walk.MoveNext())
        {
            bridge = walk.Current;
            if (bridge.IsBridge
                && bridge.Address.Bus != bus
                && PciConfig.Read8(bridge.Address, PciRegister.SecondaryBus) == bus)
            {
                return Status.Ok;
            }
        }
        bridge = default;
        return Status.NoDevice;
    }

    // Takes in a root bus and everything behind it. The set of buses to visit replaces recursion.
    private static int Enter(int root, ref PciBusSet claimed)
    {
        PciBusSet waiting = default;
        waiting.Add(root);
        claimed.Add(root);
        int found = 0;
        for (int next = root; next >= 0; next = NextWaiting(in waiting))
        {
            _present.Add(next);
            found++;
            PciDeviceWalk walk = PciDeviceWalk.OnBus((byte)next);
            while (walk.MoveNext())
            {
                PciDevice device = walk.Current;
                if (!device.IsBridge)
                {
                    continue;
                }
                byte secondary = PciConfig.Read8(device.Address, PciRegister.SecondaryBus);
                if (secondary != 0 && !_present.Contains(secondary))
                {
                    waiting.Add(secondary);
                    claimed.AddRange(secondary, PciConfig.Read8(device.Address, PciRegister.SubordinateBus));
                }
            }
        }
        return found;
    }

    private static int NextWaiting(in PciBusSet waiting)
    {
        for (int bus = 0; bus < Count; bus++)
        {
            if (waiting.Contains(bus) && !_present.Contains(bus))
            {
                return bus;
            }
        }
        return -1;
    }

    private static bool HasDevice(int bus)
    {
        for (int device = 0; device < 32; device++)
        {
            if (PciDevice.Probe(new PciAddress((ushort)((bus << 8) | (device << 3))), out _) == Status.Ok)
            {
                return true;
            }
        }
        return false;
    }
}
