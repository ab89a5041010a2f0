using System;
using System.Buffers.Binary;
using System.Globalization;
using System.IO;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Area;

/// <summary>The fixtures are the non-zero lines of disks of 8 MiB that sfdisk partitioned.</summary>
public sealed class PartitionTableTests
{
    private const int DiskBytes = 8 << 20;

    [Fact]
    public void GptPartitionsAreFound()
    {
        Assert.Equal([(64, 1984), (4096, 100), (8192, 8000)], Read("gpt-512", 512));
    }

    [Fact]
    public void GptPartitionsOfADiskWithLargeBlocksAreFound()
    {
        Assert.Equal([(8, 248), (512, 13), (1024, 1000)], Read("gpt-4096", 4096));
    }

    [Fact]
    public void PrimaryPartitionsOfAnMbrAreFoundAndExtendedOnesAreNot()
    {
        Assert.Equal([(64, 2048), (9000, 1000)], Read("mbr", 512));
    }

    [Fact]
    public void ADiskWithoutATableHasNoPartitions()
    {
        var disk = NewDisk(512);
        disk.Plant(0, new byte[512]);
        Assert.Equal(Status.Ok, Read(disk, 128, out AreaExtent[] found));
        Assert.Empty(found);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(512 + 40)]
    [InlineData(512 + 80)]
    [InlineData(512 + 84)]
    [InlineData(1024 + 32)]
    [InlineData(1024 + (127 * 128) + 5)]
    public void AFlippedBitInTheGptIsNoticed(int offset)
    {
        DiskModel disk = Load("gpt-512", 512);
        byte flipped = (byte)(disk.Medium[offset] ^ 4);
        disk.Plant(offset, [flipped]);
        Assert.Equal(Status.PartitionsMalformed, Read(disk, 128, out AreaExtent[] found));
        Assert.Empty(found);
    }

    [Theory]
    [InlineData(72, 0xFFFF_FFFF_FFFFu, 128u)]
    [InlineData(80, 0xFFFF_FFFFu, 128u)]
    [InlineData(80, 1025u, 128u)]
    [InlineData(80, 0x0000_0000u, 0u)]
    [InlineData(80, 128u, 8192u)]
    [InlineData(80, 128u, 192u)]
    public void AWellSummedGptWithImpossibleValuesIsRefused(int offset, ulong value, uint entryBytes)
    {
        DiskModel disk = Load("gpt-512", 512);
        byte[] header = disk.Medium.AsSpan(512, 92).ToArray();
        if (offset == 72)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(72), value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(80), (uint)value);
        }
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(84), entryBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), 0);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), Crc32.Of(header));
        disk.Plant(512, header);
        Assert.Equal(Status.PartitionsMalformed, Read(disk, 128, out AreaExtent[] found));
        Assert.Empty(found);
    }

    [Fact]
    public void PartitionsBeyondTheDiskAreLeftOut()
    {
        DiskModel disk = Load("mbr", 512);
        byte[] blocks = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(blocks, (DiskBytes / 512) - 64 + 1);
        disk.Plant(446 + 12, blocks);
        Assert.Equal(Status.Ok, Read(disk, 128, out AreaExtent[] found));
        Assert.Equal(9000UL, Assert.Single(found).FirstBlock);
    }

    [Fact]
    public void NoMoreIsFoundThanTheCallerHasRoomFor()
    {
        Assert.Equal(Status.Ok, Read(Load("gpt-512", 512), 2, out AreaExtent[] found));
        Assert.Equal(2, found.Length);
    }

    [Fact]
    public void AReadThatFailsIsReported()
    {
        DiskModel disk = Load("gpt-512", 512);
        disk.FailBlock(1);
        Assert.Equal(Status.RequestFailed, Read(disk, 128, out AreaExtent[] found));
        Assert.Empty(found);
    }

    private static (int First, int Count)[] Read(string fixture, uint blockBytes)
    {
        Assert.Equal(Status.Ok, Read(Load(fixture, blockBytes), 128, out AreaExtent[] found));
        return [.. found.Select(extent => ((int)extent.FirstBlock, (int)extent.BlockCount))];
    }

    private static Status Read(DiskModel model, int room, out AreaExtent[] found)
    {
        var disk = new FaultyDisk(model);
        Span<AreaExtent> extents = new AreaExtent[room];
        Status status = PartitionTable.Read(ref disk, Memory.Buffer(0, 1), extents, out int count);
        found = extents[..count].ToArray();
        return status;
    }

    private static readonly TestMemory Memory = new(1);

    private static DiskModel NewDisk(uint blockBytes) => new(Memory, blockBytes, DiskBytes / blockBytes);

    internal static DiskModel Load(string fixture, uint blockBytes)
    {
        DiskModel disk = NewDisk(blockBytes);
        disk.Plant(0, new byte[64 * 1024]);
        string path = Path.Combine(AppContext.BaseDirectory, "Capture", "Area", "Fixtures", fixture + ".hex");
        foreach (string line in File.ReadAllLines(path))
        {
            string[] parts = line.Split(' ');
            disk.Plant(int.Parse(parts[0], NumberStyles.HexNumber), Convert.FromHexString(parts[1]));
        }
        return disk;
    }
}
