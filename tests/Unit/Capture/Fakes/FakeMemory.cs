using System;
using CosmosKdump.Capture;

namespace CosmosKdump.Tests.Unit.Capture.Fakes;

/// <summary>The memory port over a <see cref="MemoryImage"/>.</summary>
internal readonly struct FakeMemory(MemoryImage image) : IPhysicalMemory
{
    public ulong PhysicalEnd => Limits.PhysicalEnd;

    public Status Read(ulong address, Span<byte> destination)
    {
        if (address >= Limits.PhysicalEnd || (ulong)destination.Length > Limits.PhysicalEnd - address)
        {
            destination.Clear();
            return Status.AddressOutOfRange;
        }
        return image.TryRead(address, destination) ? Status.Ok : Status.MemoryUnreadable;
    }
}
