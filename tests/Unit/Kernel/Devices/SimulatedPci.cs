using System.Collections.Generic;
using CosmosKdump.Tests.Unit.Kernel.Machine;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>Configuration space by mechanism #1.</summary>
internal sealed class SimulatedPci : IPortDevice
{
    private const ushort AddressPort = 0xCF8;
    private const ushort DataPort = 0xCFC;

    private readonly Dictionary<int, SimulatedFunction> _functions = [];
    private uint _address;

    public SimulatedPci(SimulatedMachine machine) => machine.Add(this);

    /// <summary>Accesses so far, for bounds on walks.</summary>
    public int Accesses { get; private set; }

    public SimulatedFunction Add(int bus, int device, int function, uint classCode, ushort vendor = 0x8086)
    {
        SimulatedFunction added = new(classCode, vendor);
        _functions.Add((bus << 8) | (device << 3) | function, added);
        return added;
    }

    public SimulatedFunction AddBridge(int bus, int device, int secondary, int subordinate)
    {
        SimulatedFunction bridge = Add(bus, device, 0, 0x060400);
        bridge.Set8(0x0E, 1);
        bridge.Set8(0x18, (byte)bus);
        bridge.Set8(0x19, (byte)secondary);
        bridge.Set8(0x1A, (byte)subordinate);
        return bridge;
    }

    public void Remove(SimulatedFunction function)
    {
        foreach (KeyValuePair<int, SimulatedFunction> entry in _functions)
        {
            if (entry.Value == function)
            {
                _functions.Remove(entry.Key);
                return;
            }
        }
    }

    public bool HasPort(ushort port) => port == AddressPort || (port >= DataPort && port < DataPort + 4);

    public uint ReadPort(ushort port, int width)
    {
        Accesses++;
        if (port == AddressPort)
        {
            return _address;
        }
        SimulatedFunction? function = Selected();
        return function is null ? uint.MaxValue : function.Read(Offset(port), width);
    }

    public void WritePort(ushort port, int width, uint value)
    {
        Accesses++;
        if (port == AddressPort)
        {
            _address = value;
        }
        else
        {
            Selected()?.Write(Offset(port), width, value);
        }
    }

    private SimulatedFunction? Selected() =>
        _functions.TryGetValue((int)(_address >> 8 & 0xFFFF), out SimulatedFunction? found) ? found : null;

    private int Offset(ushort port) => (int)(_address & 0xFC) + port - DataPort;
}
