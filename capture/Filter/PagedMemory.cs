using System;

namespace CosmosKdump.Capture.Filter;

/// <summary>The crashed kernel's virtual memory: its physical memory and its page tables.</summary>
public struct PagedMemory<TMemory>(TMemory memory, KernelPaging paging) : IVirtualMemory
    where TMemory : struct, IPhysicalMemory
{
    /// <summary>Physical memory.</summary>
    public TMemory Physical = memory;

    /// <summary>Page tables.</summary>
    public KernelPaging Paging = paging;

    /// <inheritdoc/>
    public Status Read(ulong address, scoped Span<byte> destination) =>
        Paging.Read(ref Physical, address, destination);
}
