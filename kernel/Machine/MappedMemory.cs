using System;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Machine;

/// <summary>The crashed kernel's memory for CPUs that map nothing: what is not mapped is unreadable.</summary>
internal readonly struct MappedMemory : IPhysicalMemory
{
    public ulong PhysicalEnd => PageTables.LowerHalfEnd;

    public Status Read(ulong address, Span<byte> destination) => OldMemory.ReadMapped(address, destination);
}
