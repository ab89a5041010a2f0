using System;
using System.Buffers.Binary;
using CosmosKdump.Tests.Unit.Kernel.Machine;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>The configuration space of one function in memory, with extended capabilities.</summary>
internal sealed class SimulatedExtendedSpace : IMmioDevice
{
    private readonly ulong _address;
    private readonly byte[] _space = new byte[4096];

    public SimulatedExtendedSpace(SimulatedMachine machine, ulong address, uint ids)
    {
        _address = address;
        Set(0, ids);
        machine.Add(this);
    }

    public int Writes { get; private set; }

    public void Set(int offset, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(_space.AsSpan(offset), value);

    public uint Get(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_space.AsSpan(offset));

    public bool HasAddress(ulong address) => address >= _address && address < _address + 4096;

    public ulong ReadWindow(ulong address, int width) =>
        width == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(_space.AsSpan((int)(address - _address)))
        : Get((int)(address - _address));

    public void WriteWindow(ulong address, int width, ulong value)
    {
        Writes++;
        BinaryPrimitives.WriteUInt16LittleEndian(_space.AsSpan((int)(address - _address)), (ushort)value);
    }
}
