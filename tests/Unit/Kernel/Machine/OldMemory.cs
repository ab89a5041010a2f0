using System;
using System.Collections.Generic;
using CosmosKdump.Capture;

namespace CosmosKdump.Tests.Unit.Kernel.Machine;

/// <summary>Memory above 4 GiB is the same as below: a driver that takes one for the other is told by its device.</summary>
internal readonly struct OldMemory
{
    /// <summary>Pages that cannot be read.</summary>
    [ThreadStatic]
    private static HashSet<ulong>? _unreadable;

    internal static HashSet<ulong> Unreadable => _unreadable ??= [];

    internal Status Read(ulong address, Span<byte> destination)
    {
        if ((uint)address > SimulatedMachine.MemoryBytes - destination.Length)
        {
            destination.Clear();
            return Status.MemoryUnreadable;
        }
        SimulatedMachine.Current.Memory.AsSpan((int)(uint)address, destination.Length).CopyTo(destination);
        for (ulong page = address & ~4095UL; page < address + (ulong)destination.Length; page += 4096)
        {
            if (Unreadable.Contains(page))
            {
                return Status.MemoryUnreadable;
            }
        }
        return Status.Ok;
    }
}
