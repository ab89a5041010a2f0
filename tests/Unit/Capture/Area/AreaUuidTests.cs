using System;
using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Area;

public sealed class AreaUuidTests
{
    private const string Text = "01234567-89ab-cdef-8123-456789abcdef";

    [Theory]
    [InlineData(Text)]
    [InlineData("01234567-89AB-CDEF-8123-456789ABCDEF")]
    public void TextIsParsedInEitherCase(string text)
    {
        Assert.Equal(Status.Ok, AreaUuid.Parse(Encoding.ASCII.GetBytes(text), out AreaUuid uuid));
        Assert.Equal(0x0123456789ABCDEFUL, uuid.High);
        Assert.Equal(0x8123456789ABCDEFUL, uuid.Low);
    }

    [Fact]
    public void TextComesBack()
    {
        AreaUuid.Parse(Encoding.ASCII.GetBytes(Text), out AreaUuid uuid);
        byte[] text = new byte[36];
        uuid.WriteText(text);
        Assert.Equal(Text, Encoding.ASCII.GetString(text));
    }

    [Fact]
    public void BytesAreInTheOrderOfTheText()
    {
        AreaUuid.Parse(Encoding.ASCII.GetBytes(Text), out AreaUuid uuid);
        byte[] bytes = new byte[16];
        uuid.Write(bytes);
        Assert.Equal(Guid.Parse(Text).ToByteArray(bigEndian: true), bytes);
        Assert.True(AreaUuid.Same(uuid, AreaUuid.Read(bytes)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("01234567-89ab-cdef-8123-456789abcde")]
    [InlineData("01234567-89ab-cdef-8123-456789abcdefa")]
    [InlineData("01234567089ab-cdef-8123-456789abcdef")]
    [InlineData("01234567-89ab-cdef-8123-456789abcdeg")]
    [InlineData("0123456--89ab-cdef-8123-456789abcdef")]
    public void AnythingElseIsRefused(string text)
    {
        Assert.Equal(Status.BadOptionValue, AreaUuid.Parse(Encoding.ASCII.GetBytes(text), out AreaUuid uuid));
        Assert.True(uuid.IsNil);
    }
}
