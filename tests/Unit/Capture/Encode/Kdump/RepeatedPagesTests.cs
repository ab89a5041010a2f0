using CosmosKdump.Capture.Encode.Kdump;
using CosmosKdump.Capture.Input;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Encode.Kdump;

public class RepeatedPagesTests
{
    [Fact]
    public void AWordIsFoundWhereItWasAdded()
    {
        RepeatedPages pages = default;
        Assert.False(pages.TryFind(0xFFFF_FFFF_FFFF_FFFF, out _));
        // A word that was not added is not found in an empty entry either.
        Assert.False(pages.TryFind(0, out _));
        for (ulong i = 1; i < 1000; i++)
        {
            ulong word = i * 0x9E37_79B9_7F4A_7C15;
            pages.Add(word, new PageDescriptor(i * 100, 50, 2));
            Assert.True(pages.TryFind(word, out PageDescriptor found));
            Assert.Equal((i * 100, 50U, 2U), (found.PositionBytes, found.LengthBytes, found.Flags));
            Assert.False(pages.TryFind(word + 1, out _));
        }
    }

    [Theory]
    [InlineData(Compressor.None)]
    [InlineData(Compressor.Zlib)]
    public void AFillPatternIsInTheDumpOnce(Compressor compressor)
    {
        // 256 pages more that are all ones cost no more than their descriptors, which are there in any case.
        ulong without = Length(0);
        Assert.Equal(without, Length(256));

        ulong Length(int pages) => new KdumpRun(compressor: compressor, change: crashed =>
        {
            for (int i = 0; i < 256; i++)
            {
                crashed.Memory.At((0x2000UL + (ulong)i) << 12, 4096).Fill(i < pages ? (byte)0xF1 : (byte)0);
            }
        }).Medium.Facts.LengthBytes;
    }
}
