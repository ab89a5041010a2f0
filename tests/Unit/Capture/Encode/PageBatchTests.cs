using System;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode;
using CosmosKdump.Tests.Unit.Capture.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Encode;

public class PageBatchTests
{
    private const ulong Ram = 0x10_0000;

    private readonly MemoryImage _image = new();
    private readonly byte[] _output = new byte[PageBatch.OutputBytes];
    private readonly PageResult[] _results = new PageResult[PageBatch.MaxPages];

    public PageBatchTests() => _image.AddRam(Ram, 1 << 20);

    [Fact]
    public void Every_form_of_a_page_comes_out_in_its_place()
    {
        _image.Place(Ram, Page(1, 40));
        _image.Place(Ram + 0x1000, new byte[4096]);
        _image.Place(Ram + 0x2000, Page(2, 4096));
        _image.Place(Ram + 0x3000, Page(3, 4095));
        int used = Run(new PrefixCodec(4095), Ram, Ram + 0x1000, 0x9000_0000, Ram + 0x2000, Ram + 0x3000);
        Assert.Equal(
            [
                (PageForm.Compressed, 40), (PageForm.Zero, 0), (PageForm.Unreadable, 0), (PageForm.Raw, 4096),
                (PageForm.Compressed, 4095),
            ],
            Results(5));
        Assert.Equal(40 + 4096 + 4095, used);
        Assert.Equal(
            [.. Page(1, 40)[..40], .. Page(2, 4096), .. Page(3, 4095)[..4095]],
            _output[..used]);
    }

    [Fact]
    public void A_full_batch_of_pages_that_do_not_shrink_fills_the_output()
    {
        ulong[] addresses = Enumerable.Range(0, PageBatch.MaxPages).Select(i => Ram + ((ulong)i << 12)).ToArray();
        Assert.Equal(PageBatch.OutputBytes, Run(new PrefixCodec(mostBytes: 0), addresses));
        Assert.All(Results(PageBatch.MaxPages), result => Assert.Equal((PageForm.Raw, 4096), result));
        Assert.Equal(
            Enumerable.Range(0, PageBatch.OutputBytes).Select(i => MemoryImage.PatternAt(Ram + (ulong)i)),
            _output);
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(5000)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void A_codec_that_claims_an_impossible_length_is_not_believed(int claim)
    {
        Assert.Equal(4096, Run(new PrefixCodec(4095, claim: claim), Ram));
        Assert.Equal((PageForm.Raw, 4096), Results(1)[0]);
        Assert.Equal(Enumerable.Range(0, 4096).Select(i => MemoryImage.PatternAt(Ram + (ulong)i)), _output[..4096]);
    }

    [Fact]
    public void What_a_codec_left_behind_before_it_gave_up_is_not_in_the_output()
    {
        _image.Place(Ram, Page(9, 4096));
        _image.Place(Ram + 0x1000, Page(7, 10));
        Assert.Equal(4096 + 10, Run(new PrefixCodec(4095, scribbles: true), Ram, Ram + 0x1000));
        Assert.Equal([.. Page(9, 4096), .. Page(7, 10)[..10]], _output[..(4096 + 10)]);
    }

    [Fact]
    public void A_page_of_which_a_part_cannot_be_read_is_unreadable()
    {
        Assert.Equal(0, Run(new PrefixCodec(4095), Ram + (1 << 20) - 0x800));
        Assert.Equal((PageForm.Unreadable, 0), Results(1)[0]);
    }

    [Theory]
    [InlineData(true, 48)]
    [InlineData(false, 8)]
    public void A_page_of_one_word_over_and_over_tells_the_word(bool compresses, int bytes)
    {
        byte[] word = [40, 0, 2, 3, 4, 5, 6, 7];
        byte[] page = [.. Enumerable.Repeat(word, 512).SelectMany(one => one)];
        _image.Place(Ram, page);
        _image.Place(Ram + 0x1000, Enumerable.Repeat((byte)0xFF, 4096).ToArray());
        int used = Run(new PrefixCodec(4095), compresses, Ram, Ram + 0x1000);
        // 0xFFFF is a length that the codec refuses: then there is the word alone.
        Assert.Equal([(PageForm.Repeated, bytes), (PageForm.Repeated, 8)], Results(2));
        Assert.Equal(
            [.. word, .. page[..(bytes - 8)], .. Enumerable.Repeat((byte)0xFF, 8)],
            _output[..used]);
    }

    [Fact]
    public void A_batch_that_is_not_compressed_is_copied()
    {
        _image.Place(Ram, Page(1, 40));
        _image.Place(Ram + 0x1000, new byte[4096]);
        Assert.Equal(8192, Run(new PrefixCodec(4095), compresses: false, Ram, Ram + 0x1000, Ram + 0x2000));
        Assert.Equal([(PageForm.Raw, 4096), (PageForm.Zero, 0), (PageForm.Raw, 4096)], Results(3));
        Assert.Equal(Page(1, 40), _output[..4096]);
    }

    [Fact]
    public void An_empty_batch_is_empty() => Assert.Equal(0, Run(new PrefixCodec(4095)));

    /// <summary>A page that <see cref="PrefixCodec"/> makes this long.</summary>
    private static byte[] Page(byte seed, int length)
    {
        byte[] page = Enumerable.Range(0, 4096).Select(i => (byte)((i * seed) + seed)).ToArray();
        BitConverter.TryWriteBytes(page, (ushort)length);
        return page;
    }

    private int Run(PrefixCodec codec, params ulong[] addresses) => Run(codec, compresses: true, addresses);

    private int Run(PrefixCodec codec, bool compresses, params ulong[] addresses)
    {
        FakeMemory memory = new(_image);
        return PageBatch.Run(ref memory, ref codec, compresses, addresses, new byte[4096], _output, _results);
    }

    private (PageForm, int)[] Results(int count) =>
        _results[..count].Select(result => (result.Form, (int)result.LengthBytes)).ToArray();

    /// <summary>"Compresses" a page to as many of its first bytes as its first two say.</summary>
    private struct PrefixCodec(int mostBytes, int claim = 0, bool scribbles = false) : IPageCodec
    {
        public readonly int Compress(ReadOnlySpan<byte> page, Span<byte> destination)
        {
            if (claim != 0)
            {
                return claim;
            }
            int length = BitConverter.ToUInt16(page);
            if (length > Math.Min(mostBytes, destination.Length))
            {
                if (scribbles)
                {
                    destination.Fill(0xEE);
                }
                return 0;
            }
            page[..length].CopyTo(destination);
            return length;
        }
    }
}
