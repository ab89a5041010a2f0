using System;
using System.Runtime.InteropServices;
using CosmosKdump.Capture.Encode;

namespace CosmosKdump.Analyzer.Codecs;

/// <summary>
/// Deflate of zlib (zlib.h), one zlib stream per page; the state is kept from page to page, since making one costs more
/// than a page does.
/// </summary>
public sealed unsafe partial class ZlibCodec : PageCodec
{
    private const int Ok = 0;
    private const int StreamEnd = 1;
    private const int Finish = 4;
    private const int Deflated = 8;
    private const int DefaultStrategy = 0;

    private Stream* _deflater;
    private Stream* _inflater;

    /// <summary>Frees the working memory.</summary>
    ~ZlibCodec() => Release();

    /// <inheritdoc/>
    public override int Compress(ReadOnlySpan<byte> page, Span<byte> destination)
    {
        if (!Begin(ref _deflater, isDeflate: true))
        {
            return 0;
        }
        // Safe: pinned while zlib runs, which keeps to both lengths.
        fixed (byte* source = page, output = destination)
        {
            Set(_deflater, source, page.Length, output, destination.Length);
            return Deflate(_deflater, Finish) == StreamEnd ? (int)_deflater->TotalOut : 0;
        }
    }

    /// <inheritdoc/>
    public override bool Decompress(ReadOnlySpan<byte> source, Span<byte> page)
    {
        if (!Begin(ref _inflater, isDeflate: false))
        {
            return false;
        }
        // Safe: pinned while zlib runs, which keeps to both lengths.
        fixed (byte* from = source, to = page)
        {
            Set(_inflater, from, source.Length, to, page.Length);
            return Inflate(_inflater, Finish) == StreamEnd && _inflater->TotalOut == (nuint)page.Length;
        }
    }

    private protected override void Release()
    {
        // Safe: what is freed is forgotten.
        if (_deflater is not null)
        {
            _ = DeflateEnd(_deflater);
            NativeMemory.Free(_deflater);
            _deflater = null;
        }
        if (_inflater is not null)
        {
            _ = InflateEnd(_inflater);
            NativeMemory.Free(_inflater);
            _inflater = null;
        }
    }

    private static bool Begin(ref Stream* stream, bool isDeflate)
    {
        if (stream is not null)
        {
            return (isDeflate ? DeflateReset(stream) : InflateReset(stream)) == Ok;
        }
        // zlib keeps the address of the stream: it must not move.
        Stream* made = (Stream*)NativeMemory.AllocZeroed((nuint)sizeof(Stream));
        // zlib compares the first digit of the version and the size of z_stream with its own.
        fixed (byte* version = "1.2.13\0"u8)
        {
            int result = isDeflate
                ? DeflateInit(made, CompressorSettings.ZlibLevel, Deflated, CompressorSettings.ZlibWindowBits,
                    CompressorSettings.ZlibMemoryLevel, DefaultStrategy, version, sizeof(Stream))
                : InflateInit(made, version, sizeof(Stream));
            if (result != Ok)
            {
                NativeMemory.Free(made);
                return false;
            }
        }
        stream = made;
        return true;
    }

    private static void Set(Stream* stream, byte* input, int inputBytes, byte* output, int outputBytes)
    {
        stream->NextIn = input;
        stream->AvailableIn = (uint)inputBytes;
        stream->NextOut = output;
        stream->AvailableOut = (uint)outputBytes;
    }

    [LibraryImport("libz.so.1", EntryPoint = "deflateInit2_")]
    private static partial int DeflateInit(
        Stream* stream, int level, int method, int windowBits, int memoryLevel, int strategy, byte* version, int size);

    [LibraryImport("libz.so.1", EntryPoint = "deflateReset")]
    private static partial int DeflateReset(Stream* stream);

    [LibraryImport("libz.so.1", EntryPoint = "deflate")]
    private static partial int Deflate(Stream* stream, int flush);

    [LibraryImport("libz.so.1", EntryPoint = "deflateEnd")]
    private static partial int DeflateEnd(Stream* stream);

    [LibraryImport("libz.so.1", EntryPoint = "inflateInit_")]
    private static partial int InflateInit(Stream* stream, byte* version, int size);

    [LibraryImport("libz.so.1", EntryPoint = "inflateReset")]
    private static partial int InflateReset(Stream* stream);

    [LibraryImport("libz.so.1", EntryPoint = "inflate")]
    private static partial int Inflate(Stream* stream, int flush);

    [LibraryImport("libz.so.1", EntryPoint = "inflateEnd")]
    private static partial int InflateEnd(Stream* stream);

    // z_stream of zlib.h, 112 bytes on x86-64.
    [StructLayout(LayoutKind.Explicit, Size = 112)]
    private struct Stream
    {
        [FieldOffset(0)]
        public byte* NextIn;
        [FieldOffset(8)]
        public uint AvailableIn;
        [FieldOffset(24)]
        public byte* NextOut;
        [FieldOffset(32)]
        public uint AvailableOut;
        [FieldOffset(40)]
        public nuint TotalOut;
    }
}
