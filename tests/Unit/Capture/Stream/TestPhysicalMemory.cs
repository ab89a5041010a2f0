using System;
using System.Collections.Generic;
using CosmosKdump.Capture;
using CosmosKdump.Tests.Unit.Capture.Area;

namespace CosmosKdump.Tests.Unit.Capture.Stream;

/// <summary>A <see cref="TestMemory"/> with pages that cannot be read.</summary>
internal struct TestPhysicalMemory(TestMemory memory, HashSet<ulong> unreadable) : IPhysicalMemory
{
    public readonly ulong PhysicalEnd => Limits.PhysicalEnd;

    public readonly Status Read(ulong address, Span<byte> destination)
    {
        if (unreadable.Contains(address))
        {
            destination.Clear();
            return Status.MemoryUnreadable;
        }
        memory.At(address, destination.Length).CopyTo(destination);
        return Status.Ok;
    }
}
