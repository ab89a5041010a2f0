using System;
using CosmosKdump.Capture;

namespace CosmosKdump.Analyzer.Codecs;

/// <summary>A codec of the host as the capture pipeline takes it.</summary>
public readonly struct HostCodec(PageCodec codec) : IPageCodec
{
    /// <inheritdoc/>
    public int Compress(ReadOnlySpan<byte> page, Span<byte> destination) => codec.Compress(page, destination);
}
