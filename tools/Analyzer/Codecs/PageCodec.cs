using System;
using System.Diagnostics.CodeAnalysis;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Analyzer.Codecs;

/// <summary>Compresses and decompresses single pages, with working memory of its own: one per thread.</summary>
public abstract class PageCodec : IDisposable
{
    /// <summary>
    /// Compresses a page. Returns the number of bytes, or 0 when they are more than the destination takes, or when the
    /// compressor fails.
    /// </summary>
    public abstract int Compress(ReadOnlySpan<byte> page, Span<byte> destination);

    /// <summary>
    /// Decompresses a page; true if it fills the destination exactly. Damaged bytes give false and never more.
    /// </summary>
    public abstract bool Decompress(ReadOnlySpan<byte> source, Span<byte> page);

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes the codec of a compressor; the problem names the package of a library that is not there.</summary>
    public static bool TryCreate(
        Compressor compressor,
        [NotNullWhen(true)] out PageCodec? codec,
        [NotNullWhen(false)] out FileProblem? problem)
    {
        codec = null;
        problem = compressor switch
        {
            Compressor.Lzo => CodecLibrary.Lzo.Missing(),
            Compressor.Zlib => CodecLibrary.Zlib.Missing(),
            Compressor.Zstd => CodecLibrary.Zstd.Missing(),
            _ => new FileProblem("no compressor"),
        };
        if (problem is not null)
        {
            return false;
        }
        codec = compressor switch
        {
            Compressor.Lzo => new LzoCodec(),
            Compressor.Zlib => new ZlibCodec(),
            _ => new ZstdCodec(),
        };
        return true;
    }

    /// <summary>Frees the working memory.</summary>
    private protected abstract void Release();
}
