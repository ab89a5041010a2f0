using System;

namespace CosmosKdump.Tests.Unit.Kernel.Machine;

internal readonly struct Mmio(ulong address, ulong length)
{
    internal ulong Length { get; } = length;

    internal byte Read8(uint offset) => (byte)Read(offset, 1);

    internal ushort Read16(uint offset) => (ushort)Read(offset, 2);

    internal uint Read32(uint offset) => (uint)Read(offset, 4);

    internal void Write8(uint offset, byte value) => Write(offset, 1, value);

    internal void Write16(uint offset, ushort value) => Write(offset, 2, value);

    internal void Write32(uint offset, uint value) => Write(offset, 4, value);

    private ulong Read(uint offset, int width) => SimulatedMachine.Current.ReadWindow(At(offset, width), width);

    private void Write(uint offset, int width, ulong value) =>
        SimulatedMachine.Current.WriteWindow(At(offset, width), width, value);

    private ulong At(uint offset, int width)
    {
        if (offset + (ulong)width > Length || offset % (uint)width != 0)
        {
            throw new InvalidOperationException($"access of {width} bytes at {offset:x} in a window of {Length:x}");
        }
        return address + offset;
    }
}
