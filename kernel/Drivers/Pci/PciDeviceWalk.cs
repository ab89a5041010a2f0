using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Drivers.Pci;

/// <summary>
/// Walks the functions of all known buses, or of one, in the order of their addresses; then, if wanted, the devices that
/// are no functions.
/// </summary>
internal struct PciDeviceWalk
{
    private readonly int _end;
    private readonly bool _knownOnly;
    private readonly int _fixedEnd;
    private int _next;
    private int _nextFixed;

    private PciDeviceWalk(int first, int end, bool knownOnly, int fixedEnd = 0)
    {
        _next = first;
        _end = end;
        _knownOnly = knownOnly;
        _fixedEnd = fixedEnd;
    }

    /// <summary>The current function.</summary>
    public PciDevice Current { get; private set; }

    /// <summary>All functions of all known buses (<see cref="PciBuses.Discover"/>).</summary>
    public static PciDeviceWalk All() => new(0, PciBuses.Count << 8, true);

    /// <summary>The same, and behind them <see cref="FixedDevices"/>.</summary>
    public static PciDeviceWalk Everything() => new(0, PciBuses.Count << 8, true, FixedDevices.Count);

    /// <summary>All functions of one bus, known or not.</summary>
    public static PciDeviceWalk OnBus(byte bus) => new(bus << 8, (bus + 1) << 8, false);

    /// <summary>Steps to the next function or device.</summary>
    public bool MoveNext()
    {
        while (_next < _end)
        {
            PciAddress address = new((ushort)_next);
            if (_knownOnly && !PciBuses.Contains(address.Bus))
            {
                _next = (address.Bus + 1) << 8;
                continue;
            }
            bool present = PciDevice.Probe(address, out PciDevice device) == Status.Ok;
            // Functions 1 to 7 exist only where function 0 does and says so (PCI 3.0, 3.2.2.3.4).
            bool isLast = address.Function == 0 && !(present && device.IsMultiFunction);
            _next += isLast ? 8 : 1;
            if (present)
            {
                Current = device;
                return true;
            }
        }
        if (_nextFixed < _fixedEnd)
        {
            Current = FixedDevices.At(_nextFixed++);
            return true;
        }
        return false;
    }
}
