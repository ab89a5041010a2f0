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
    private const int LogicalRecord1 = 2048 * 512;
    private const int LogicalRecord2 = 4095 * 512;
    private const int LogicalRecord3 = 8191 * 512;

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
    public void PrimaryPartitionsOfAnMbrAreFoundAndAnExtendedOneIsNone()
    {
        Assert.Equal([(64, 2048), (9000, 1000)], Read("mbr", 512));
    }

    [Fact]
    public void LogicalPartitionsAreFound()
    {
        Assert.Equal([(64, 1984), (2112, 1000), (4096, 2048), (8192, 500)], Read("mbr-logical", 512));
    }

    [Theory]
    [InlineData(LogicalRecord2 + 0x1CE, "0000000000", Status.Ok, 3)]
    [InlineData(LogicalRecord1 + 0x1D2, "0500000000000000", Status.Ok, 2)]
    [InlineData(LogicalRecord1 + 0x1FE, "0000", Status.Ok, 1)]
    [InlineData(LogicalRecord2 + 0x1D2, "05000000ff070000", Status.PartitionsMalformed, 1)]
    [InlineData(LogicalRecord2 + 0x1D2, "05000000ffffff7f", Status.PartitionsMalformed, 1)]
    [InlineData(LogicalRecord2 + 0x1BE, "11", Status.PartitionsMalformed, 1)]
    public void ABadChainOfLogicalPartitionsEndsAndCostsOnlyThem(int offset, string bytes, Status status, int count)
    {
        DiskModel disk = Load("mbr-logical", 512);
        disk.Plant(offset, Convert.FromHexString(bytes));
        Assert.Equal(status, Read(disk, 128, out AreaExtent[] found));
        ulong[] expected = [64, 2112, 4096];
        Assert.Equal(expected[..count], found.Select(each => each.FirstBlock));
    }

    [Fact]
    public void ACircleOfLogicalPartitionsEnds()
    {
        DiskModel disk = Load("mbr-logical", 512);
        // The third record leads back to the second, which lies 0x7FF blocks into the extended partition.
        disk.Plant(LogicalRecord3 + 0x1CE, Convert.FromHexString("0000000005000000ff07000000080000"));
        Assert.Equal(Status.PartitionsMalformed, Read(disk, 128, out AreaExtent[] found));
        Assert.Equal(64UL, Assert.Single(found).FirstBlock);
        Assert.InRange(disk.Operations, 2, 2 * Limits.Partitions);
    }

    [Fact]
    public void ABootSectorOfAFileSystemIsNoTable()
    {
        DiskModel disk = Load("mbr", 512);
        disk.Plant(446, [0x33]);
        Assert.Equal(Status.Ok, Read(disk, 128, out AreaExtent[] found));
        Assert.Empty(found);
    }

    [Fact]
    public void AProtectiveEntryCountsWhateverTheOthersHold()
    {
        DiskModel disk = Load("gpt-backup", 512);
        disk.Plant(446 + 16, [0x33, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        Assert.Equal(Status.Ok, Read(disk, 128, out AreaExtent[] found));
        Assert.Equal(2, found.Length);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(512 + 24)]
    [InlineData(1024 + 32)]
    public void ADamagedGptIsReadFromItsBackup(int offset)
    {
        DiskModel disk = Load("gpt-backup", 512);
        disk.Plant(offset, [(byte)(disk.Medium[offset] ^ 4)]);
        var reader = new FaultyDisk(disk);
        AreaExtent[] found = new AreaExtent[128];
        Assert.Equal(Status.Ok, PartitionTable.Read(
            ref reader, Memory.Buffer(0, 1), found, out int count, out DiskIdentity identity));
        Assert.Equal([2048UL, 4096UL], found[..count].Select(extent => extent.FirstBlock));
        Assert.Equal(TableKind.Gpt, identity.Table);
        Assert.Equal(0x44332211_66558877UL, identity.DiskGuid.High);
    }

    [Fact]
    public void AnUnreadableGptIsReadFromItsBackup()
    {
        DiskModel disk = Load("gpt-backup", 512);
        disk.FailBlock(1);
        Assert.Equal(Status.Ok, Read(disk, 128, out AreaExtent[] found));
        Assert.Equal(2, found.Length);
    }

    [Fact]
    public void ABackupThatLiesElsewhereIsNone()
    {
        DiskModel disk = Load("gpt-backup", 512);
        byte[] backup = disk.Medium[^512..];
        disk.Plant(512, backup);
        disk.Plant(DiskBytes - 512, new byte[512]);
        Assert.Equal(Status.PartitionsMalformed, Read(disk, 128, out AreaExtent[] found));
        Assert.Empty(found);
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
        disk.Plant(0, new byte[DiskBytes]);
        string path = Path.Combine(AppContext.BaseDirectory, "Capture", "Area", "Fixtures", fixture + ".hex");
        foreach (string line in File.ReadAllLines(path))
        {
            string[] parts = line.Split(' ');
            disk.Plant(int.Parse(parts[0], NumberStyles.HexNumber), Convert.FromHexString(parts[1]));
        }
        return disk;
    }
}
