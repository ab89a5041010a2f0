using System;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace CosmosKdump.Kernel.Machine;

/// <summary>x86 I/O ports.</summary>
internal static class PortIo
{
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "port_in8")]
    internal static extern byte In8(ushort port);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "port_in16")]
    internal static extern ushort In16(ushort port);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "port_in32")]
    internal static extern uint In32(ushort port);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "port_out8")]
    internal static extern void Out8(ushort port, byte value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "port_out16")]
    internal static extern void Out16(ushort port, ushort value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "port_out32")]
    internal static extern void Out32(ushort port, uint value);
}
