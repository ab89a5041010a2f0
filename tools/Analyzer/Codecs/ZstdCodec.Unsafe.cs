using System;
using System.Runtime.InteropServices;
using CosmosKdump.Capture.Encode;

namespace CosmosKdump.Analyzer.Codecs;

/// <summary>Zstandard of libzstd (zstd.h), one frame per page.</summary>
public sealed unsafe partial class ZstdCodec : PageCodec
{
    private void* _compressor;
    private void* _decompressor;

    /// <summary>Frees the working memory.</summary>
    ~ZstdCodec() => Release();

    /// <inheritdoc/>
    public override int Compress(ReadOnlySpan<byte> page, Span<byte> destination)
    {
        _compressor = _compressor is null ? CreateCompressor() : _compressor;
        if (_compressor is null)
        {
            return 0;
        }
        // Safe: pinned, and the library keeps to the lengths that it is given.
        fixed (byte* source = page, output = destination)
        {
            nuint length = Compress(_compressor, output, (nuint)destination.Length, source, (nuint)page.Length,
                CompressorLevels.Zstd);
            return IsError(length) != 0 ? 0 : (int)length;
        }
    }

    /// <inheritdoc/>
    public override bool Decompress(ReadOnlySpan<byte> source, Span<byte> page)
    {
        _decompressor = _decompressor is null ? CreateDecompressor() : _decompressor;
        if (_decompressor is null)
        {
            return false;
        }
        // Safe: pinned, and the library keeps to the lengths that it is given; an error is no length of a page.
        fixed (byte* from = source, to = page)
        {
            return Decompress(_decompressor, to, (nuint)page.Length, from, (nuint)source.Length) == (nuint)page.Length;
        }
    }

    private protected override void Release()
    {
        // Safe: freeing null does nothing, and what is freed is forgotten.
        _ = FreeCompressor(_compressor);
        _ = FreeDecompressor(_decompressor);
        _compressor = null;
        _decompressor = null;
    }

    [LibraryImport("libzstd.so.1", EntryPoint = "ZSTD_createCCtx")]
    private static partial void* CreateCompressor();

    [LibraryImport("libzstd.so.1", EntryPoint = "ZSTD_freeCCtx")]
    private static partial nuint FreeCompressor(void* context);

    [LibraryImport("libzstd.so.1", EntryPoint = "ZSTD_createDCtx")]
    private static partial void* CreateDecompressor();

    [LibraryImport("libzstd.so.1", EntryPoint = "ZSTD_freeDCtx")]
    private static partial nuint FreeDecompressor(void* context);

    [LibraryImport("libzstd.so.1", EntryPoint = "ZSTD_isError")]
    private static partial uint IsError(nuint code);

    [LibraryImport("libzstd.so.1", EntryPoint = "ZSTD_compressCCtx")]
    private static partial nuint Compress(
        void* context, byte* output, nuint outputLength, byte* source, nuint length, int level);

    [LibraryImport("libzstd.so.1", EntryPoint = "ZSTD_decompressDCtx")]
    private static partial nuint Decompress(
        void* context, byte* output, nuint outputLength, byte* source, nuint length);
}
