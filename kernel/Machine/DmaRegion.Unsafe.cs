using System;
using System.Runtime.CompilerServices;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Machine;

/// <summary>
/// Memory of ours that devices read and write behind the compiler's back. Bounds-checked; the accessors are volatile
/// because they are never inlined into a loop that could hoist them.
/// </summary>
internal readonly unsafe struct DmaRegion(ulong address, int length)
{
    /// <summary>Physical address, which is also the virtual one.</summary>
    internal ulong Address { get; } = address;

    internal int Length { get; } = length;

    /// <summary>A part of this region.</summary>
    internal DmaRegion Slice(int offset, int length) => new((ulong)At(offset, length), length);

    internal DmaBuffer AsBuffer() => new(Bytes(0, Length), Address);

    // At() has checked that the part lies inside the region, which is static memory.
    internal Span<byte> Bytes(int offset, int length) => new(At(offset, length), length);

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal byte Read8(int offset) => *At(offset, 1);

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal ushort Read16(int offset) => *(ushort*)At(offset, 2);

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal uint Read32(int offset) => *(uint*)At(offset, 4);

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal ulong Read64(int offset) => *(ulong*)At(offset, 8);

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Write8(int offset, byte value) => *At(offset, 1) = value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Write16(int offset, ushort value) => *(ushort*)At(offset, 2) = value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Write32(int offset, uint value) => *(uint*)At(offset, 4) = value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Write64(int offset, ulong value) => *(ulong*)At(offset, 8) = value;

    private byte* At(int offset, int length)
    {
        if (offset < 0 || length < 0 || (uint)offset + (uint)length > (uint)Length)
        {
            ThrowHelper.IndexOutOfRange();
        }
        return (byte*)Address + offset;
    }
}
