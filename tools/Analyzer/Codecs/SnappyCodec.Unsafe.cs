using System;
using System.Runtime.InteropServices;

namespace CosmosKdump.Analyzer.Codecs;

/// <summary>Snappy of libsnappy (snappy-c.h), to read dumps that others made.</summary>
public sealed unsafe partial class SnappyCodec : PageCodec
{
    private const int Ok = 0;

    /// <inheritdoc/>
    public override int Compress(ReadOnlySpan<byte> page, Span<byte> destination) => 0;

    /// <inheritdoc/>
    public override bool Decompress(ReadOnlySpan<byte> source, Span<byte> page)
    {
        nuint length = 0;
        // Safe: pinned; the library writes as many bytes as the first call tells, which are those of the page.
        fixed (byte* from = source, to = page)
        {
            if (UncompressedLength(from, (nuint)source.Length, &length) != Ok || length != (nuint)page.Length)
            {
                return false;
            }
            return Uncompress(from, (nuint)source.Length, to, &length) == Ok && length == (nuint)page.Length;
        }
    }

    private protected override void Release()
    {
    }

    [LibraryImport("libsnappy.so.1", EntryPoint = "snappy_uncompressed_length")]
    private static partial int UncompressedLength(byte* source, nuint length, nuint* result);

    [LibraryImport("libsnappy.so.1", EntryPoint = "snappy_uncompress")]
    private static partial int Uncompress(byte* source, nuint length, byte* output, nuint* outputLength);
}
