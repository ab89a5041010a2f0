using System;
using CosmosKdump.Analyzer.Codecs;
using CosmosKdump.Capture;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>A codec of the host, or none: then pages are stored as they are.</summary>
internal readonly struct PoolCodec(PageCodec? codec) : IPageCodec
{
    public int Compress(ReadOnlySpan<byte> page, Span<byte> destination) => codec?.Compress(page, destination) ?? 0;
}
