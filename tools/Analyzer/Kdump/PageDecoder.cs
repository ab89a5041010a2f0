using System;
using CosmosKdump.Analyzer.Codecs;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture;

namespace CosmosKdump.Analyzer.Kdump;

/// <summary>Turns the stored bytes of pages into pages, whichever compressor each has: one per thread.</summary>
public sealed class PageDecoder : IDisposable
{
    private static readonly (KdumpFlags Flag, CodecLibrary Library, Func<PageCodec> Make)[] Kinds =
    [
        (KdumpFlags.Zlib, CodecLibrary.Zlib, () => new ZlibCodec()),
        (KdumpFlags.Lzo, CodecLibrary.Lzo, () => new LzoCodec()),
        (KdumpFlags.Snappy, CodecLibrary.Snappy, () => new SnappyCodec()),
        (KdumpFlags.Zstd, CodecLibrary.Zstd, () => new ZstdCodec()),
    ];

    private readonly PageCodec?[] _codecs = new PageCodec?[Kinds.Length];

    /// <summary>Why pages with these flags cannot be read on this host, or null.</summary>
    public static FileProblem? Missing(KdumpFlags flags)
    {
        foreach ((KdumpFlags flag, CodecLibrary library, _) in Kinds)
        {
            if ((flags & flag) != 0 && library.Missing() is FileProblem problem)
            {
                return problem with { What = $"the dump's pages are compressed with {Name(flag)}, and {problem.What}" };
            }
        }
        return null;
    }

    /// <summary>Name of a compressor.</summary>
    public static string Name(KdumpFlags flag) => (flag & KdumpFlags.Compressors) switch
    {
        KdumpFlags.None => "none",
        KdumpFlags flags => flags.ToString().ToLowerInvariant(),
    };

    /// <summary>What is wrong with a descriptor by itself, or null; <paramref name="dumpBytes"/> is the dump's end.</summary>
    public static string? Check(in PageDescriptor descriptor, ulong firstByte, ulong dumpBytes)
    {
        KdumpFlags compressor = descriptor.Flags & KdumpFlags.Compressors;
        return descriptor.LengthBytes is 0 or > Limits.PageBytes
            ? $"has {descriptor.LengthBytes} bytes: 1 to {Limits.PageBytes} can be true"
            : descriptor.Flags != compressor || !IsOneOrNone((uint)compressor)
                ? $"has the flags 0x{(uint)descriptor.Flags:x}"
            : compressor == KdumpFlags.None && descriptor.LengthBytes != Limits.PageBytes
                ? $"is not compressed and has {descriptor.LengthBytes} bytes"
            : descriptor.OffsetBytes < firstByte
                ? $"lies at {descriptor.OffsetBytes}, among the headers"
            : descriptor.OffsetBytes > dumpBytes || descriptor.LengthBytes > dumpBytes - descriptor.OffsetBytes
                ? $"lies at {descriptor.OffsetBytes}, past the end of the dump"
            : null;
    }

    /// <summary>
    /// Decodes the stored bytes of a page, whose descriptor <see cref="Check"/> found good; what went wrong, or null.
    /// </summary>
    public string? Decode(KdumpFlags flags, ReadOnlySpan<byte> stored, Span<byte> page)
    {
        KdumpFlags compressor = flags & KdumpFlags.Compressors;
        if (compressor == KdumpFlags.None)
        {
            stored.CopyTo(page);
            return null;
        }
        int kind = Array.FindIndex(Kinds, entry => entry.Flag == compressor);
        if (_codecs[kind] is null)
        {
            if (Kinds[kind].Library.Missing() is FileProblem problem)
            {
                return problem.ToString();
            }
            _codecs[kind] = Kinds[kind].Make();
        }
        return _codecs[kind]!.Decompress(stored, page) ? null : $"cannot be decompressed ({Name(compressor)})";
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_codecs, codec => codec?.Dispose());

    private static bool IsOneOrNone(uint flags) => (flags & (flags - 1)) == 0;
}
