using System;
using CosmosKdump.Capture;

namespace CosmosKdump.Tests.Unit.Capture.Filter;

/// <summary>The memory port over a <see cref="SparseMemory"/>.</summary>
internal readonly struct SparsePort(SparseMemory memory) : IPhysicalMemory
{
    public ulong PhysicalEnd => Limits.PhysicalEnd;

    public Status Read(ulong address, Span<byte> destination) => memory.Read(address, destination);
}
