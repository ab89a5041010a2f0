using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using CosmosKdump.Analyzer.Codecs;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture.Input;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Analyzer.Codecs;

public sealed class PageCodecTests
{
    private const int Page = 4096;

    [Theory]
    [InlineData(Compressor.Lzo)]
    [InlineData(Compressor.Zlib)]
    [InlineData(Compressor.Zstd)]
    public void A_page_comes_back_as_it_was(Compressor compressor)
    {
        using PageCodec codec = Create(compressor);
        Random random = new(1);
        for (int round = 0; round < 200; round++)
        {
            byte[] page = Compressible(random, round);
            byte[] output = new byte[Page - 1];
            int length = codec.Compress(page, output);
            Assert.InRange(length, 1, Page - 1);
            byte[] back = new byte[Page];
            Assert.True(codec.Decompress(output.AsSpan(0, length), back));
            Assert.Equal(page, back);
            // The same page gives the same bytes, whatever was compressed before it.
            byte[] again = new byte[Page - 1];
            using PageCodec other = Create(compressor);
            Assert.Equal(output[..length], again[..other.Compress(page, again)]);
        }
    }

    [Theory]
    [InlineData(Compressor.Lzo)]
    [InlineData(Compressor.Zlib)]
    [InlineData(Compressor.Zstd)]
    public void What_does_not_fit_is_0_and_nothing_is_written_past_the_end(Compressor compressor)
    {
        using PageCodec codec = Create(compressor);
        Random random = new(2);
        byte[] noise = new byte[Page];
        random.NextBytes(noise);
        Assert.Equal(0, codec.Compress(noise, new byte[Page - 1]));
        byte[] page = Compressible(random, 3);
        byte[] output = new byte[Page];
        int length = codec.Compress(page, output.AsSpan(0, Page - 1));
        byte[] small = [.. Enumerable.Repeat((byte)0xA5, Page)];
        Assert.Equal(0, codec.Compress(page, small.AsSpan(0, length - 1)));
        Assert.All(small[(length - 1)..], value => Assert.Equal(0xA5, value));
        Assert.Equal(length, codec.Compress(page, small));
    }

    [Theory]
    [InlineData(Compressor.Lzo)]
    [InlineData(Compressor.Zlib)]
    [InlineData(Compressor.Zstd)]
    public void Damaged_and_foreign_bytes_are_refused_or_decoded_within_the_page(Compressor compressor)
    {
        using PageCodec codec = Create(compressor);
        Random random = new(3);
        byte[] output = new byte[Page - 1];
        int length = codec.Compress(Compressible(random, 5), output);
        byte[] guarded = new byte[Page * 2];
        for (int round = 0; round < 2000; round++)
        {
            byte[] damaged = output[..(round % 4 == 0 ? random.Next(length) : length)];
            for (int i = random.Next(1, 5); i > 0 && damaged.Length > 0; i--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }
            guarded.AsSpan(Page).Fill(0x5A);
            _ = codec.Decompress(damaged, guarded.AsSpan(0, Page));
            Assert.True(guarded.AsSpan(Page).IndexOfAnyExcept((byte)0x5A) < 0);
        }
        // A page of another length is no page.
        Assert.False(codec.Decompress(output.AsSpan(0, length), new byte[Page - 1]));
        Assert.False(codec.Decompress(output.AsSpan(0, length), new byte[Page + 1]));
        // And after all of it the codec still works.
        Assert.Equal(length, codec.Compress(Compressible(new Random(3), 5), new byte[Page]));
    }

    [Fact]
    public void Zlib_streams_are_what_others_read()
    {
        using PageCodec codec = Create(Compressor.Zlib);
        byte[] page = Compressible(new Random(4), 2);
        byte[] output = new byte[Page - 1];
        int length = codec.Compress(page, output);
        using ZLibStream reader = new(new MemoryStream(output, 0, length), CompressionMode.Decompress);
        byte[] back = new byte[Page];
        reader.ReadExactly(back);
        Assert.Equal(page, back);
        Assert.Equal(-1, reader.ReadByte());
    }

    [Fact]
    public void A_library_that_is_not_there_is_named_with_its_package()
    {
        FileProblem? problem = new CodecLibrary("libnowhere.so.9", "libnowhere9").Missing();
        Assert.Equal("libnowhere.so.9 is not there; install the package libnowhere9", problem?.ToString());
        Assert.False(PageCodec.TryCreate(Compressor.None, out _, out _));
    }

    private static PageCodec Create(Compressor compressor)
    {
        Assert.True(PageCodec.TryCreate(compressor, out PageCodec? codec, out FileProblem? problem), problem?.ToString());
        return codec;
    }

    private static byte[] Compressible(Random random, int kind)
    {
        byte[] page = new byte[Page];
        for (int at = 0; at < Page; at += 16)
        {
            page[at] = (byte)random.Next(256);
            page[at + 5] = (byte)(kind * at);
        }
        return page;
    }
}
