using System;
using System.Runtime.InteropServices;
using CosmosKdump.Capture.Encode;

namespace CosmosKdump.Analyzer.Codecs;

/// <summary>Zstandard of libzstd (zstd.h), one frame per page.</summary>
public sealed unsafe partial class ZstdCodec : PageCodec
{
    // ZSTD_cParameter, and its values for a page: the stored length of the page is in the frame, no checksum is.
    private static readonly (int Parameter, int Value)[] Parameters =
    [
        (101, CompressorSettings.ZstdWindowLog),
        (102, CompressorSettings.ZstdHashLog),
        (103, CompressorSettings.ZstdChainLog),
        (104, CompressorSettings.ZstdSearchLog),
        (105, CompressorSettings.ZstdMinimumMatch),
        (106, 0),
        (107, CompressorSettings.ZstdStrategy),
        (200, 1),
        (201, 0),
        (202, 0),
    ];

    private void* _compressor;
    private void* _decompressor;

    /// <summary>Frees the working memory.</summary>
    ~ZstdCodec() => Release();

    /// <inheritdoc/>
    public override int Compress(ReadOnlySpan<byte> page, Span<byte> destination)
    {
        if (_compressor is null && !Begin())
        {
            return 0;
        }
        // Safe: pinned, and the library keeps to the lengths that it is given.
        fixed (byte* source = page, output = destination)
        {
            nuint length = Compress(_compressor, output, (nuint)destination.Length, source, (nuint)page.Length);
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

    private bool Begin()
    {
        // Safe: a context that was made takes parameters until it is freed.
        _compressor = CreateCompressor();
        if (_compressor is null)
        {
            return false;
        }
        foreach ((int parameter, int value) in Parameters)
        {
            _ = SetParameter(_compressor, parameter, value);
        }
        return true;
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

    [LibraryImport("libzstd.so.1", EntryPoint = "ZSTD_CCtx_setParameter")]
    private static partial nuint SetParameter(void* context, int parameter, int value);

    [LibraryImport("libzstd.so.1", EntryPoint = "ZSTD_compress2")]
    private static partial nuint Compress(
        void* context, byte* output, nuint outputLength, byte* source, nuint length);

    [LibraryImport("libzstd.so.1", EntryPoint = "ZSTD_decompressDCtx")]
    private static partial nuint Decompress(
        void* context, byte* output, nuint outputLength, byte* source, nuint length);
}
