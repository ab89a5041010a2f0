using System;
using CosmosKdump.Capture;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>The memory port over the buffers that a dump is made in.</summary>
public readonly struct BufferMemory(HostBuffers buffers) : IPhysicalMemory
{
    /// <inheritdoc/>
    public ulong PhysicalEnd => ulong.MaxValue;

    /// <inheritdoc/>
    public Status Read(ulong address, Span<byte> destination)
    {
        buffers.At(address, (ulong)destination.Length).CopyTo(destination);
        return Status.Ok;
    }
}
