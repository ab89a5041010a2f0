using System;
using CosmosKdump.Capture.Filter;

namespace CosmosKdump.Capture.Encode.Kdump;

/// <summary>What a kdump-compressed dump is made in.</summary>
public readonly ref struct KdumpBuffers(
    FilterBuffers filter,
    DmaBuffer table,
    DmaBuffer data,
    Span<BatchPage> pages)
{
    /// <summary>For the filter.</summary>
    public FilterBuffers Filter { get; } = filter;

    /// <summary>Window of the descriptor table, at least <see cref="DescriptorTable.SmallestBytes"/>, page-aligned.</summary>
    public DmaBuffer Table { get; } = table;

    /// <summary>Two halves for the pages' data, page-aligned.</summary>
    public DmaBuffer Data { get; } = data;

    /// <summary>Pages under way: <see cref="PageBatch.MaxPages"/> for each slot of the compressor.</summary>
    public Span<BatchPage> Pages { get; } = pages;
}
