using System;
using CosmosKdump.Capture;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>The memory port over the pages of a batch.</summary>
internal readonly struct BatchMemory(BatchReader reader) : IPhysicalMemory
{
    /// <inheritdoc/>
    public ulong PhysicalEnd => Limits.PhysicalEnd;

    /// <inheritdoc/>
    public Status Read(ulong address, Span<byte> destination) => reader.Take(address, destination);
}
