using System;
using System.Buffers.Binary;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Area;

public sealed class AreaLabelTests
{
    private const ulong AreaBytes = 1 << 20;

    private static readonly AreaUuid Uuid = new(0x0123456789ABCDEF, 0x8899AABBCCDDEEFF);

    [Fact]
    public void EveryFieldComesBack()
    {
        AreaLabel written = AreaLabel.Create(Uuid, AreaBytes);
        written.State = AreaState.Incomplete;
        written.Sequence = 7;
        written.CrashTimeSeconds = 1_700_000_000;
        written.DumpLengthBytes = 40960;
        written.PagesWritten = 9;
        written.PagesLost = 1;
        written.Format = DumpFormat.Kdump;
        written.DumpLevel = 31;
        written.Outcome = Status.PagesLost;
        written.HeaderBytes = 8192;
        written.HeaderChecksum = 0xCAFEBABE;

        Assert.Equal(Status.Ok, AreaLabel.Decode(Encode(written), AreaBytes, out AreaLabel read));
        Assert.Equal(written, read);
    }

    [Fact]
    public void FieldsLieWhereTheSpecificationSays()
    {
        AreaLabel label = AreaLabel.Create(Uuid, AreaBytes);
        label.State = AreaState.Complete;
        label.Sequence = 0x1111;
        label.CrashTimeSeconds = 0x2222;
        label.DumpLengthBytes = 0x3000;
        label.PagesWritten = 0x4444;
        label.PagesLost = 0x5555;
        label.Format = DumpFormat.Elf;
        label.DumpLevel = 17;
        label.Outcome = Status.PagesLost;
        label.HeaderChecksum = 0x66666666;
        label.HeaderBytes = 0x2000;
        byte[] page = Encode(label);

        Assert.Equal("CosmosKdump area"u8, page.AsSpan(0, 16));
        Assert.Equal(1u, BinaryPrimitives.ReadUInt32LittleEndian(page.AsSpan(16)));
        Assert.Equal(3u, BinaryPrimitives.ReadUInt32LittleEndian(page.AsSpan(20)));
        Assert.Equal("0123456789ABCDEF8899AABBCCDDEEFF", Convert.ToHexString(page.AsSpan(24, 16)));
        Assert.Equal(AreaBytes, BinaryPrimitives.ReadUInt64LittleEndian(page.AsSpan(40)));
        Assert.Equal(0x1111UL, BinaryPrimitives.ReadUInt64LittleEndian(page.AsSpan(48)));
        Assert.Equal(0x2222UL, BinaryPrimitives.ReadUInt64LittleEndian(page.AsSpan(56)));
        Assert.Equal(0x3000UL, BinaryPrimitives.ReadUInt64LittleEndian(page.AsSpan(64)));
        Assert.Equal(0x4444UL, BinaryPrimitives.ReadUInt64LittleEndian(page.AsSpan(72)));
        Assert.Equal(0x5555UL, BinaryPrimitives.ReadUInt64LittleEndian(page.AsSpan(80)));
        Assert.Equal((byte)1, page[88]);
        Assert.Equal((byte)17, page[89]);
        Assert.Equal((ushort)501, BinaryPrimitives.ReadUInt16LittleEndian(page.AsSpan(90)));
        Assert.Equal(0x66666666u, BinaryPrimitives.ReadUInt32LittleEndian(page.AsSpan(92)));
        Assert.Equal(0x2000UL, BinaryPrimitives.ReadUInt64LittleEndian(page.AsSpan(96)));
        Assert.True(page.AsSpan(104, 4092 - 104).IndexOfAnyExcept((byte)0) < 0);
        Assert.Equal(Crc32C.Of(page.AsSpan(0, 4092)), BinaryPrimitives.ReadUInt32LittleEndian(page.AsSpan(4092)));
    }

    [Fact]
    public void OtherDataIsNoLabel()
    {
        Assert.Equal(Status.NoLabel, AreaLabel.Decode(new byte[4096], AreaBytes, out _));
    }

    [Fact]
    public void AShortBufferIsRefused()
    {
        byte[] page = Encode(AreaLabel.Create(Uuid, AreaBytes));
        Assert.Equal(Status.BufferTooSmall, AreaLabel.Decode(page.AsSpan(0, 4095), AreaBytes, out _));
        Assert.Equal(Status.BufferTooSmall, AreaLabel.Create(Uuid, AreaBytes).Encode(new byte[4095]));
    }

    [Fact]
    public void AnotherVersionIsRefused()
    {
        byte[] page = Encode(AreaLabel.Create(Uuid, AreaBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(16), 2);
        Assert.Equal(Status.LabelVersion, AreaLabel.Decode(page, AreaBytes, out _));
    }

    [Fact]
    public void AnotherSizeIsRefused()
    {
        byte[] page = Encode(AreaLabel.Create(Uuid, AreaBytes));
        Assert.Equal(Status.LabelWrongSize, AreaLabel.Decode(page, AreaBytes + 512, out AreaLabel label));
        Assert.Equal(AreaBytes, label.AreaBytes);
    }

    [Fact]
    public void EveryFlippedBitIsNoticed()
    {
        byte[] page = Encode(AreaLabel.Create(Uuid, AreaBytes));
        for (int bit = 0; bit < 4096 * 8; bit += bit < 1024 ? 1 : 61)
        {
            page[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(Status.Ok, AreaLabel.Decode(page, AreaBytes, out _));
            page[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData(20, 0u)]
    [InlineData(20, 5u)]
    [InlineData(88, 3u)]
    [InlineData(89, 32u)]
    [InlineData(67, 1u)]
    [InlineData(97, 0x10u)]
    public void AWellSummedLabelWithImpossibleValuesIsCorrupt(int offset, uint value)
    {
        byte[] page = Encode(AreaLabel.Create(Uuid, AreaBytes));
        page[offset] = (byte)value;
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(4092), Crc32C.Of(page.AsSpan(0, 4092)));
        Assert.Equal(Status.LabelCorrupt, AreaLabel.Decode(page, AreaBytes, out _));
    }

    [Theory]
    [InlineData(0UL, 0UL)]
    [InlineData(8191UL, 0UL)]
    [InlineData(8192UL, 4096UL)]
    [InlineData(8192UL + 512, 4096UL)]
    [InlineData(1UL << 40, (1UL << 40) - 4096)]
    public void CapacityIsWholePagesBeforeTheLabel(ulong areaBytes, ulong capacityBytes)
    {
        Assert.Equal(capacityBytes, AreaLabel.CapacityOf(areaBytes));
    }

    [Fact]
    public void AnEmptiedLabelKeepsTheAreaAndForgetsTheDump()
    {
        AreaLabel label = AreaLabel.Create(Uuid, AreaBytes);
        label.State = AreaState.Complete;
        label.Sequence = 3;
        label.DumpLengthBytes = 4096;
        AreaLabel emptied = label.Emptied();
        AreaLabel expected = AreaLabel.Create(Uuid, AreaBytes);
        expected.Sequence = 4;
        Assert.Equal(expected, emptied);
        Assert.True(label.HoldsUnsavedDump);
        Assert.False(emptied.HoldsUnsavedDump);
    }

    private static byte[] Encode(in AreaLabel label)
    {
        byte[] page = new byte[4096];
        page.AsSpan().Fill(0xEE);
        Assert.Equal(Status.Ok, label.Encode(page));
        return page;
    }
}
