using System;
using System.Buffers.Binary;

namespace CosmosKdump.Tests.Unit.Kernel.Machine;

internal readonly struct DmaRegion(ulong address, int length)
{
    internal ulong Address { get; } = address;

    internal int Length { get; } = length;

    internal DmaRegion Slice(int offset, int length)
    {
        _ = Bytes(offset, length);
        return new DmaRegion(Address + (ulong)offset, length);
    }

    internal Span<byte> Bytes(int offset, int length)
    {
        if (offset < 0 || length < 0 || offset + length > Length)
        {
            throw new InvalidOperationException($"{length} bytes at {offset:x} in a region of {Length:x}");
        }
        return SimulatedMachine.Current.Memory.AsSpan((int)Address + offset, length);
    }

    internal byte Read8(int offset) => Bytes(offset, 1)[0];

    internal ushort Read16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(offset, 2));

    internal uint Read32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(offset, 4));

    internal ulong Read64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(offset, 8));

    internal void Write8(int offset, byte value) => Bytes(offset, 1)[0] = value;

    internal void Write16(int offset, ushort value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(Bytes(offset, 2), value);

    internal void Write32(int offset, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(Bytes(offset, 4), value);

    internal void Write64(int offset, ulong value) =>
        BinaryPrimitives.WriteUInt64LittleEndian(Bytes(offset, 8), value);
}
