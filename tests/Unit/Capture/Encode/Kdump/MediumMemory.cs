using System;
using CosmosKdump.Capture;

namespace CosmosKdump.Tests.Unit.Capture.Encode.Kdump;

/// <summary>The buffers of a <see cref="KdumpRun"/> as memory.</summary>
internal readonly struct MediumMemory(MemorySink.Medium medium) : IPhysicalMemory
{
    public ulong PhysicalEnd => Limits.PhysicalEnd;

    public Status Read(ulong address, Span<byte> destination) => medium.Read(address, destination);
}
