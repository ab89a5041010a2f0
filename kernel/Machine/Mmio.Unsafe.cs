using System;
using System.Runtime.CompilerServices;

namespace CosmosKdump.Kernel.Machine;

/// <summary>
/// A window on device registers, mapped uncached. Bounds-checked; each access is one instruction of its width, in
/// program order, because the accessors are never inlined.
/// </summary>
internal readonly unsafe struct Mmio(ulong virtualAddress, ulong length)
{
    private readonly ulong _base = virtualAddress;

    internal ulong Length { get; } = length;

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal byte Read8(uint offset) => *At(offset, 1);

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal ushort Read16(uint offset) => *(ushort*)At(offset, 2);

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal uint Read32(uint offset) => *(uint*)At(offset, 4);

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Write8(uint offset, byte value) => *At(offset, 1) = value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Write16(uint offset, ushort value) => *(ushort*)At(offset, 2) = value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Write32(uint offset, uint value) => *(uint*)At(offset, 4) = value;

    // The window was mapped by PhysicalMap for its whole length.
    private byte* At(uint offset, uint width)
    {
        if ((ulong)offset + width > Length)
        {
            ThrowHelper.IndexOutOfRange();
        }
        return (byte*)_base + offset;
    }
}
