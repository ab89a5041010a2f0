using System;
using System.Buffers.Binary;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Area;

public sealed class ExtentMapTests
{
    private const ulong DiskBytes = 1UL << 30;
    private const int ExtentsAt = 128;
    private static readonly AreaUuid Volume = new(5, 6);
    private static readonly AreaUuid Uuid = new(1, 2);

    private static readonly FileExtent[] Extents =
    [
        new(0, 512 * 1001, 8 * 4096),
        new(8 * 4096, 16 << 20, 4096),
        new(9 * 4096, 1 << 20, 100 * 4096),
    ];

    [Fact]
    public void A_map_is_read_as_it_was_written()
    {
        Assert.Equal(Status.Ok, Open(Encode(Extents), out ExtentMap map));
        Assert.Equal(3, map.Count);
        Assert.Equal(109UL * 4096, map.AreaBytes);
        Assert.True(AreaUuid.Same(Uuid, map.Uuid));
        Assert.True(DiskIdentity.Same(Disk, map.Disk));
        Assert.True(AreaUuid.Same(Volume, map.VolumeUuid));
        Assert.Equal(1128UL, map.VolumeUuidBytes);
        for (int i = 0; i < Extents.Length; i++)
        {
            FileExtent read = map.Extent(i);
            Assert.Equal(Extents[i].FileBytes, read.FileBytes);
            Assert.Equal(Extents[i].DiskBytes, read.DiskBytes);
            Assert.Equal(Extents[i].LengthBytes, read.LengthBytes);
        }
    }

    [Theory]
    [InlineData(0, 512 * 1001, 8)]
    [InlineData(7, (512 * 1001) + (7 * 4096), 1)]
    [InlineData(8, 16 << 20, 1)]
    [InlineData(9, 1 << 20, 100)]
    [InlineData(108, (1 << 20) + (99 * 4096), 1)]
    public void A_page_of_the_file_is_found_on_the_disk(int page, int diskBytes, int runPages)
    {
        Assert.Equal(Status.Ok, Open(Encode(Extents), out ExtentMap map));
        Assert.Equal((ulong)diskBytes, map.Locate((ulong)page * 4096, out ulong run));
        Assert.Equal((ulong)runPages * 4096, run);
    }

    [Fact]
    public void Every_flipped_bit_is_noticed()
    {
        byte[] map = Encode(Extents);
        for (int bit = 0; bit < map.Length * 8; bit++)
        {
            byte[] spoiled = (byte[])map.Clone();
            spoiled[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(Status.MapMalformed, Open(spoiled, out ExtentMap none));
            Assert.Equal(0, none.Count);
        }
    }

    [Fact]
    public void A_map_that_is_cut_is_refused()
    {
        byte[] map = Encode(Extents);
        for (int length = 0; length < map.Length; length++)
        {
            Assert.Equal(Status.MapMalformed, Open(map[..length], out _));
        }
        Assert.Equal(Status.Ok, Open([.. map, 1, 2, 3], out _));
    }

    [Theory]
    [InlineData(0, 4096UL)]
    [InlineData(8, 100UL)]
    [InlineData(8, DiskBytes - (7 * 4096))]
    [InlineData(8, ulong.MaxValue - 511)]
    [InlineData(16, 0UL)]
    [InlineData(16, 4095UL)]
    [InlineData(16, ulong.MaxValue - 4095)]
    [InlineData(24, 7UL * 4096)]
    [InlineData(24, 10UL * 4096)]
    [InlineData(32, (1UL << 20) + 4096)]
    [InlineData(32, 512UL * 1001)]
    [InlineData(56, 500UL * 1001)]
    public void A_well_summed_map_that_cannot_be_true_is_refused(int offset, ulong value)
    {
        byte[] map = Encode(Extents);
        BinaryPrimitives.WriteUInt64LittleEndian(map.AsSpan(ExtentsAt + offset), value);
        Assert.Equal(Status.MapMalformed, Open(Sum(map), out _));
    }

    [Theory]
    [InlineData(16, 2u)]
    [InlineData(20, 0u)]
    [InlineData(20, 4u)]
    [InlineData(20, 2u)]
    [InlineData(20, 1001u)]
    [InlineData(20, uint.MaxValue)]
    [InlineData(40, 0u)]
    [InlineData(48, 0u)]
    [InlineData(56, 3u)]
    [InlineData(80, 500u)]
    [InlineData(80, (1u << 30) - 500)]
    public void A_well_summed_header_that_cannot_be_true_is_refused(int offset, uint value)
    {
        byte[] map = Encode(Extents);
        BinaryPrimitives.WriteUInt32LittleEndian(map.AsSpan(offset), value);
        Assert.Equal(Status.MapMalformed, Open(Sum(map), out _));
    }

    [Fact]
    public void There_is_room_for_the_most_extents_and_no_more()
    {
        FileExtent[] most = [.. Enumerable.Range(0, Limits.MapExtents + 1)
            .Select(i => new FileExtent((ulong)i * 4096, (ulong)i * 8192, 4096))];
        byte[] map = Encode(most[..^1]);
        Assert.Equal(ExtentMap.MaxBytes, map.Length);
        Assert.Equal(Status.Ok, Open(map, out _));
        Assert.Equal(Status.TooManyEntries, ExtentMap.Encode(Uuid, Disk, Volume, 1128, most, new byte[1 << 20], out _));
        Assert.Equal(Status.BufferTooSmall, ExtentMap.Encode(Uuid, Disk, Volume, 1128, Extents, new byte[100], out _));
    }

    private static DiskIdentity Disk => new()
    {
        DiskBytes = DiskBytes, Table = TableKind.Mbr, MbrSignature = 7, DiskGuid = new AreaUuid(3, 4),
    };

    private static byte[] Encode(FileExtent[] extents)
    {
        byte[] map = new byte[1 << 16];
        Assert.Equal(Status.Ok, ExtentMap.Encode(Uuid, Disk, Volume, 1128, extents, map, out int bytes));
        return map[..bytes];
    }

    private static byte[] Sum(byte[] map)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(map.AsSpan(map.Length - 4), Crc32C.Of(map.AsSpan(0, map.Length - 4)));
        return map;
    }

    private static Status Open(byte[] bytes, out ExtentMap map)
    {
        byte[] pinned = GC.AllocateArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(pinned, 0);
        return ExtentMap.Open(new HeldBuffer(new DmaBuffer(pinned, 0)), out map);
    }
}
