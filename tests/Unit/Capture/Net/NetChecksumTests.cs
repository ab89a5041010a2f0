using System;
using System.Text;
using CosmosKdump.Capture.Net;
using CosmosKdump.Capture.Stream;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Net;

/// <summary>Checksums against their specifications.</summary>
public class NetChecksumTests
{
    // RFC 1071, 3.
    [Fact]
    public void The_internet_checksum_is_that_of_the_specification() =>
        Assert.Equal(0xDDF2, InternetChecksum.Fold(InternetChecksum.Add(0, [0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7])));

    [Fact]
    public void Every_length_sums_up_as_word_by_word()
    {
        byte[] bytes = new byte[300];
        new Random(2).NextBytes(bytes);
        bytes.AsSpan(100, 100).Fill(0xFF);
        for (int length = 0; length <= bytes.Length; length++)
        {
            Assert.Equal(
                Frame.Checksum(bytes.AsSpan(0, length)),
                InternetChecksum.Of(InternetChecksum.Add(0, bytes.AsSpan(0, length))));
        }
    }

    // Vectors of the reference implementation.
    [Theory]
    [InlineData("", 0xEF46DB3751D8E999UL)]
    [InlineData("a", 0xD24EC4F1A98C6E5BUL)]
    [InlineData("abc", 0x44BC2CF5AD770999UL)]
    [InlineData("Call me Ishmael. Some years ago--never mind how long precisely-", 0x02A2E85470D6FD96UL)]
    public void Xxh64_is_that_of_its_authors(string text, ulong hash) =>
        Assert.Equal(hash, Xxh64.Of(Encoding.ASCII.GetBytes(text), 0));
}
