using System;
using System.Runtime.InteropServices;

namespace CosmosKdump.Tests.EndToEnd.Compress;

/// <summary>
/// Debian's shared libraries of the same version as the static ones in our kernel, called with our kernel's parameters,
/// and as crash and makedumpfile call them to decompress.
/// </summary>
internal static unsafe partial class HostLibraries
{
    private const int StreamEnd = 1;
    private const int Finish = 4;

    /// <summary>lzo1x_1_compress.</summary>
    public static byte[] Lzo(ReadOnlySpan<byte> page)
    {
        byte[] output = new byte[page.Length + (page.Length / 16) + 67];
        byte[] memory = new byte[16384 * sizeof(void*)];
        nuint length = 0;
        fixed (byte* source = page, target = output, work = memory)
        {
            return lzo1x_1_compress(source, (nuint)page.Length, target, &length, work) == 0
                ? output[..(int)length]
                : throw new InvalidOperationException("lzo1x_1_compress failed");
        }
    }

    /// <summary>deflate at level 2 with a window of 8 KiB and memLevel 6; longer output is cut off as an empty array.</summary>
    public static byte[] Zlib(ReadOnlySpan<byte> page, int mostBytes)
    {
        byte[] output = new byte[mostBytes];
        // z_stream, zlib.h: next_in, avail_in, total_in, next_out, avail_out, total_out, and the rest, which is zero.
        ulong* stream = stackalloc ulong[14];
        new Span<ulong>(stream, 14).Clear();
        fixed (byte* source = page, target = output, version = "1.2.13\0"u8)
        {
            stream[0] = (ulong)source;
            stream[1] = (uint)page.Length;
            stream[3] = (ulong)target;
            stream[4] = (uint)output.Length;
            if (deflateInit2_(stream, 2, 8, 13, 6, 0, version, 14 * sizeof(ulong)) != 0)
            {
                throw new InvalidOperationException("deflateInit2 failed");
            }
            bool fits = deflate(stream, Finish) == StreamEnd;
            int length = fits ? (int)stream[5] : 0;
            _ = deflateEnd(stream);
            return output[..length];
        }
    }

    /// <summary>ZSTD_compress_advanced with the kernel's parameters for a page; longer output is cut off as an empty array.</summary>
    public static byte[] Zstd(ReadOnlySpan<byte> page, int mostBytes)
    {
        byte[] output = new byte[mostBytes];
        nint context = ZSTD_createCCtx();
        fixed (byte* source = page, target = output)
        {
            // windowLog, chainLog, hashLog, searchLog, minMatch, targetLength, ZSTD_fast; contentSize, checksum, noDictID.
            ZstdParameters parameters = new(12, 12, 12, 1, 4, 0, 1, 1, 0, 1);
            nuint length = ZSTD_compress_advanced(
                context, target, (nuint)mostBytes, source, (nuint)page.Length, null, 0, parameters);
            _ = ZSTD_freeCCtx(context);
            return length <= (nuint)mostBytes ? output[..(int)length] : [];
        }
    }

    /// <summary>A page out of what one of the three made; an empty array if it is none.</summary>
    public static byte[] Decompress(string codec, ReadOnlySpan<byte> bytes, int pageBytes)
    {
        byte[] page = new byte[pageBytes];
        nuint length = (nuint)pageBytes;
        bool isGood = false;
        fixed (byte* source = bytes, target = page)
        {
            switch (codec)
            {
                case "lzo":
                    isGood = lzo1x_decompress_safe(source, (nuint)bytes.Length, target, &length, null) == 0;
                    break;
                case "zlib":
                    isGood = uncompress(target, &length, source, (nuint)bytes.Length) == 0;
                    break;
                case "zstd":
                    length = ZSTD_decompress(target, length, source, (nuint)bytes.Length);
                    isGood = length <= (nuint)pageBytes;
                    break;
            }
        }
        return isGood ? page[..(int)length] : [];
    }

    [LibraryImport("liblzo2.so.2")]
    private static partial int lzo1x_1_compress(byte* source, nuint bytes, byte* target, nuint* length, byte* memory);

    [LibraryImport("liblzo2.so.2")]
    private static partial int lzo1x_decompress_safe(byte* source, nuint bytes, byte* target, nuint* length, byte* memory);

    [LibraryImport("libz.so.1")]
    private static partial int deflateInit2_(
        ulong* stream, int level, int method, int windowBits, int memLevel, int strategy, byte* version, int bytes);

    [LibraryImport("libz.so.1")]
    private static partial int deflate(ulong* stream, int flush);

    [LibraryImport("libz.so.1")]
    private static partial int deflateEnd(ulong* stream);

    [LibraryImport("libz.so.1")]
    private static partial int uncompress(byte* target, nuint* length, byte* source, nuint bytes);

    [LibraryImport("libzstd.so.1")]
    private static partial nint ZSTD_createCCtx();

    [LibraryImport("libzstd.so.1")]
    private static partial nuint ZSTD_freeCCtx(nint context);

    [LibraryImport("libzstd.so.1")]
    private static partial nuint ZSTD_compress_advanced(
        nint context,
        byte* target,
        nuint targetBytes,
        byte* source,
        nuint bytes,
        byte* dictionary,
        nuint dictionaryBytes,
        ZstdParameters parameters);

    [LibraryImport("libzstd.so.1")]
    private static partial nuint ZSTD_decompress(byte* target, nuint targetBytes, byte* source, nuint bytes);

    private readonly record struct ZstdParameters(
        uint WindowLog,
        uint ChainLog,
        uint HashLog,
        uint SearchLog,
        uint MinimumMatch,
        uint TargetLength,
        int Strategy,
        int ContentSize,
        int Checksum,
        int NoDictionaryId);
}
