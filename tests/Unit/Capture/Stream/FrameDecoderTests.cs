using System;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Stream;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Stream;

public sealed class FrameDecoderTests
{
    [Fact]
    public void FieldsLieWhereTheSpecificationSays()
    {
        byte[] frame = Frame([0xAA, 0xBB]);
        Assert.Equal(
            "C59BA6FD" + "01" + "02" + "0200" + "04030201" + "08070605" + "1817161514131211" + "2827262524232221",
            Convert.ToHexString(frame.AsSpan(0, 32)));
        Assert.Equal(Crc32C.Of(frame.AsSpan(0, 32)), BitConverter.ToUInt32(frame, 32));
        Assert.Equal("AABB", Convert.ToHexString(frame.AsSpan(36, 2)));
        Assert.Equal(Crc32C.Of([0xAA, 0xBB]), BitConverter.ToUInt32(frame, 38));
        Assert.Equal(42, frame.Length);
        Assert.Equal(36, Frame([]).Length);
    }

    [Fact]
    public void AFrameComesBack()
    {
        byte[] frame = Frame([1, 2, 3]);
        FrameEvent found = Next(frame, false, out int consumed, out FrameHeader header, out byte[] payload);
        Assert.Equal((FrameEvent.Frame, frame.Length), (found, consumed));
        Assert.Equal(FrameType.Page, header.Type);
        Assert.Equal(0x01020304u, header.Session);
        Assert.Equal(0x05060708u, header.Sequence);
        Assert.Equal(0x1112131415161718UL, header.PositionBytes);
        Assert.Equal(0x2122232425262728UL, header.LengthBytes);
        Assert.Equal([1, 2, 3], payload);
    }

    [Fact]
    public void EveryPrefixOfAFrameNeedsMoreAndIsDamagedAtTheEnd()
    {
        byte[] frame = Frame([1, 2, 3]);
        for (int length = 1; length < frame.Length; length++)
        {
            Assert.Equal(FrameEvent.NeedMore, Next(frame[..length], false, out int consumed, out _, out _));
            Assert.Equal(0, consumed);
            if (length >= 4)
            {
                Assert.Equal(FrameEvent.Damaged, Next(frame[..length], true, out consumed, out _, out _));
                Assert.Equal(4, consumed);
            }
        }
    }

    [Fact]
    public void TextBeforeAFrameIsTakenWhole()
    {
        byte[] input = [.. "panic!\n"u8, .. Frame([])];
        Assert.Equal(FrameEvent.Text, Next(input, false, out int consumed, out _, out _));
        Assert.Equal(7, consumed);
    }

    [Fact]
    public void ALoneSyncByteIsText()
    {
        Assert.Equal(FrameEvent.Text, Next([0xC5, (byte)'a'], false, out int consumed, out _, out _));
        Assert.Equal(1, consumed);
    }

    [Fact]
    public void EveryFlippedBitOfAFrameIsNoticed()
    {
        byte[] frame = Frame([1, 2, 3]);
        for (int bit = 0; bit < frame.Length * 8; bit++)
        {
            byte[] flipped = [.. frame];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(FrameEvent.Frame, Next(flipped, true, out int consumed, out _, out _));
            Assert.True(consumed > 0);
        }
    }

    [Fact]
    public void AFrameInsideADamagedOneIsFound()
    {
        byte[] damaged = Frame([.. Enumerable.Repeat((byte)7, 100)])[..60];
        byte[] good = Frame([9]);
        byte[] input = [.. damaged, .. good, .. new byte[100]];
        Assert.Equal(FrameEvent.Damaged, Next(input, false, out int consumed, out _, out _));
        input = input[consumed..];
        Assert.Equal(FrameEvent.Text, Next(input, false, out consumed, out _, out _));
        Assert.Equal(56, consumed);
        Assert.Equal(FrameEvent.Frame, Next(input[consumed..], false, out _, out _, out byte[] payload));
        Assert.Equal([9], payload);
    }

    [Fact]
    public void APayloadThatTheCallerCannotTakeIsDamageAtOnce()
    {
        byte[] start = Frame(new byte[100])[..36];
        FrameEvent found = FrameDecoder.Next(start, false, 99, out int consumed, out _, out _);
        Assert.Equal((FrameEvent.Damaged, 4), (found, consumed));
    }

    [Fact]
    public void NoInputNeedsMore()
    {
        Assert.Equal(FrameEvent.NeedMore, Next([], true, out int consumed, out _, out _));
        Assert.Equal(0, consumed);
    }

    private static FrameEvent Next(
        byte[] input, bool isEnd, out int consumed, out FrameHeader header, out byte[] payload)
    {
        FrameEvent found = FrameDecoder.Next(
            input, isEnd, FrameHeader.MaxPayloadBytes, out consumed, out header, out ReadOnlySpan<byte> bytes);
        payload = bytes.ToArray();
        return found;
    }

    private static byte[] Frame(byte[] payload)
    {
        var header = new FrameHeader
        {
            Type = FrameType.Page,
            PayloadBytes = (ushort)payload.Length,
            Session = 0x01020304,
            Sequence = 0x05060708,
            PositionBytes = 0x1112131415161718,
            LengthBytes = 0x2122232425262728,
        };
        byte[] frame = new byte[header.FrameBytes];
        payload.CopyTo(frame, FrameHeader.Bytes);
        header.Seal(frame);
        return frame;
    }
}
