using System;
using System.IO;
using System.IO.Compression;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Tests.Unit.Capture.Fakes;

/// <summary>The codec port: zlib by .NET, or nothing that shrinks.</summary>
internal readonly struct TestCodec(Compressor compressor) : IPageCodec
{
    public int Compress(ReadOnlySpan<byte> page, Span<byte> destination)
    {
        if (compressor != Compressor.Zlib)
        {
            return 0;
        }
        using MemoryStream output = new();
        using (ZLibStream zlib = new(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(page);
        }
        if (output.Length > destination.Length)
        {
            return 0;
        }
        output.ToArray().CopyTo(destination);
        return (int)output.Length;
    }
}
