using System;
using CosmosKdump.Capture;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>The memory port over the buffers that a dump is made in, and over the dump that it is made of.</summary>
public readonly struct BufferMemory(HostBuffers buffers, DumpMemory memory) : IPhysicalMemory
{
    /// <inheritdoc/>
    public ulong PhysicalEnd => ulong.MaxValue;

    /// <inheritdoc/>
    public Status Read(ulong address, Span<byte> destination)
    {
        if (HostBuffers.Holds(address))
        {
            buffers.At(address, (ulong)destination.Length).CopyTo(destination);
            return Status.Ok;
        }
        return memory.ReadKept(address, destination);
    }
}
