using System.Collections.Generic;
using CosmosKdump.Tests.Unit.Kernel.Machine;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>An AMD IOMMU whose commands and logs stop running a while after they were switched off.</summary>
internal sealed class SimulatedAmdIommu : IMmioDevice
{
    /// <summary>Translation, event log, commands with their interrupts, and coherent accesses, as Linux has them.</summary>
    public const uint Linux = 0x141D;

    private readonly ulong _address;
    private uint _running = 0x18;

    public SimulatedAmdIommu(SimulatedMachine machine, ulong address, uint control = Linux)
    {
        _address = address;
        Control = control;
        machine.Add(this);
        machine.Paused += () => _running = (Control & 0x1004) == 0 && !KeepsRunning ? 0 : _running;
    }

    public uint Control { get; private set; }

    /// <summary>Bits of the control register that do not go.</summary>
    public uint Locked { get; set; }

    /// <summary>Its commands and logs do not stop.</summary>
    public bool KeepsRunning { get; set; }

    public int Writes { get; private set; }

    public List<string> Faults { get; } = [];

    public bool HasAddress(ulong address) => address >= _address && address < _address + 0x4000;

    public ulong ReadWindow(ulong address, int width) => (address - _address) switch
    {
        0x18 => Control,
        0x2020 => _running,
        _ => 0,
    };

    public void WriteWindow(ulong address, int width, ulong value)
    {
        Writes++;
        if (address - _address != 0x18)
        {
            Faults.Add($"write to {address - _address:x}");
            return;
        }
        if ((value & 1) == 0 && _running != 0)
        {
            Faults.Add("switched off while it ran");
        }
        Control = (uint)value | (Control & Locked);
    }
}
