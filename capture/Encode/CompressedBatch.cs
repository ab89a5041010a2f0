using System;

namespace CosmosKdump.Capture.Encode;

/// <summary>A batch of pages after compression.</summary>
public readonly ref struct CompressedBatch(ReadOnlySpan<PageResult> pages, ReadOnlySpan<byte> bytes)
{
    /// <summary>What became of each page, in the order in which they were given.</summary>
    public ReadOnlySpan<PageResult> Pages { get; } = pages;

    /// <summary>The bytes of all pages, one behind the other without gaps.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;
}
