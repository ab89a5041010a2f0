using CosmosKdump.Ckdump.Cli;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("4096", 4096L)]
    [InlineData("64K", 65536L)]
    [InlineData("512m", 512L << 20)]
    [InlineData("8G", 8L << 30)]
    [InlineData("8GiB", 8L << 30)]
    [InlineData("1.5T", 3L << 39)]
    [InlineData("2GB", 2L << 30)]
    public void SizesAreParsed(string text, long expected)
    {
        Assert.True(ByteSize.TryParse(text, out long bytes));
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("G")]
    [InlineData("-1G")]
    [InlineData("0")]
    [InlineData("8X")]
    [InlineData("8 GG")]
    [InlineData("9E")]
    [InlineData("99999999999999999999999999")]
    public void AnythingElseIsRefused(string text)
    {
        Assert.False(ByteSize.TryParse(text, out _));
    }

    [Theory]
    [InlineData(0L, "0 B")]
    [InlineData(1023L, "1023 B")]
    [InlineData(1536L, "1.5 KiB")]
    [InlineData(8L << 30, "8.0 GiB")]
    [InlineData(long.MaxValue, "8.0 EiB")]
    public void SizesAreWritten(long bytes, string expected)
    {
        Assert.Equal(expected, ByteSize.Format(bytes));
    }
}
