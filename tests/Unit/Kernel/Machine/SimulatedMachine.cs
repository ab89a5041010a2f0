using System;
using System.Collections.Generic;
using System.Text;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Tests.Unit.Kernel.Machine;

/// <summary>
/// A machine for the drivers, one per test thread: ports, device windows, memory, and a clock that moves only when
/// somebody waits, so that a deadline of seconds passes at once.
/// </summary>
internal sealed class SimulatedMachine
{
    public const int MemoryBytes = 16 << 20;

    /// <summary>Collection of all tests of drivers: what these keep in statics is one machine's.</summary>
    public const string Tests = "drivers";

    [ThreadStatic]
    private static SimulatedMachine? _current;

    private readonly List<IPortDevice> _portDevices = [];
    private readonly List<IMmioDevice> _mmioDevices = [];

    public SimulatedMachine() => _current = this;

    public static SimulatedMachine Current =>
        _current ?? throw new InvalidOperationException("the test has made no machine");

    /// <summary>Physical memory from address 0 on.</summary>
    public byte[] Memory { get; } = new byte[MemoryBytes];

    /// <summary>Microseconds since the start.</summary>
    public ulong Now { get; set; }

    /// <summary>What the drivers said.</summary>
    public StringBuilder Console { get; } = new();

    /// <summary>What CPUID answers, by leaf.</summary>
    public Dictionary<uint, CpuIdResult> CpuIds { get; } = [];

    /// <summary>Model-specific registers.</summary>
    public Dictionary<uint, ulong> Msrs { get; } = [];

    /// <summary>How often a driver told of progress.</summary>
    public int ProgressMade { get; set; }

    /// <summary>Called for every pause of a waiting driver: devices make progress.</summary>
    public event Action? Paused;

    public void Add(IPortDevice device) => _portDevices.Add(device);

    public void Add(IMmioDevice device) => _mmioDevices.Add(device);

    public void Pause()
    {
        Now += 500;
        Paused?.Invoke();
    }

    public uint ReadPort(ushort port, int width)
    {
        foreach (IPortDevice device in _portDevices)
        {
            if (device.HasPort(port))
            {
                return device.ReadPort(port, width);
            }
        }
        return uint.MaxValue;
    }

    public void WritePort(ushort port, int width, uint value)
    {
        foreach (IPortDevice device in _portDevices)
        {
            if (device.HasPort(port))
            {
                device.WritePort(port, width, value);
            }
        }
    }

    public ulong ReadWindow(ulong address, int width)
    {
        foreach (IMmioDevice device in _mmioDevices)
        {
            if (device.HasAddress(address))
            {
                return device.ReadWindow(address, width);
            }
        }
        return ulong.MaxValue;
    }

    public void WriteWindow(ulong address, int width, ulong value)
    {
        foreach (IMmioDevice device in _mmioDevices)
        {
            if (device.HasAddress(address))
            {
                device.WriteWindow(address, width, value);
            }
        }
    }
}
