using System.Runtime;
using System.Runtime.CompilerServices;

namespace System;

/// <summary>Block moves by the assembly routines of Boot/memory.S.</summary>
internal static unsafe class Memory
{
    // The callers' spans bound both blocks.
    internal static void Move(ref byte destination, ref byte source, nuint length) =>
        MemMove(Unsafe.AsPointer(ref destination), Unsafe.AsPointer(ref source), length);

    internal static void Zero(ref byte destination, nuint length) =>
        Set(ref destination, 0, length);

    internal static void Set(ref byte destination, byte value, nuint length) =>
        MemSet(Unsafe.AsPointer(ref destination), value, length);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "memmove")]
    private static extern void* MemMove(void* destination, void* source, nuint length);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "memset")]
    private static extern void* MemSet(void* destination, int value, nuint length);
}
