using System;
using CosmosKdump.Capture;

namespace CosmosKdump.Analyzer.Memory;

/// <summary>A vmcore's virtual memory as the capture side's port.</summary>
internal readonly struct HostKernelMemory(KernelMemory memory) : IVirtualMemory
{
    /// <inheritdoc/>
    public Status Read(ulong address, scoped Span<byte> destination) => memory.Read(address, destination);
}
