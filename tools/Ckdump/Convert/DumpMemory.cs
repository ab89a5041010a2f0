using System;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>The memory port over a dump, with the image of its elfcorehdr, if any, beyond its memory.</summary>
public readonly struct DumpMemory(VmcoreFile vmcore, CoreImage? image) : IPhysicalMemory
{
    /// <inheritdoc/>
    public ulong PhysicalEnd => Limits.PhysicalEnd;

    /// <inheritdoc/>
    public Status Read(ulong address, Span<byte> destination)
    {
        if (address < CoreImage.Address)
        {
            return vmcore.ReadPhysical(address, destination);
        }
        ulong offset = address - CoreImage.Address;
        if (image is null || offset > (ulong)image.Bytes.Length
            || (ulong)destination.Length > (ulong)image.Bytes.Length - offset)
        {
            destination.Clear();
            return Status.MemoryUnreadable;
        }
        image.Bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);
        return Status.Ok;
    }
}
