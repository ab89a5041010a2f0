using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Extents;
using CosmosKdump.Tests.Unit.Capture.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Area;

/// <summary>An area that is a file: its extents lie apart and in another order on a disk with a partition table.</summary>
public sealed class FileAreaTests
{
    private const int DiskPages = 2048;
    private const int DumpPages = 90;
    private const int AreaPages = 101;
    private static readonly AreaUuid Volume = new(5, 6);
    private static readonly AreaUuid Uuid = new(0x1122334455667788, 0x99AABBCCDDEEFF00);

    // Within the partitions of the fixture: blocks 64 to 2047, and 4096 to 6143.
    private static readonly FileExtent[] Extents =
    [
        new(0, 4200 * 512, 16 * 4096),
        new(16 * 4096, 100 * 512, 4096),
        new(17 * 4096, 5000 * 512, 83 * 4096),
        new(100 * 4096, 200 * 512, 4096),
    ];

    private static readonly int BufferPages = AreaSink<FaultyDisk, FakeClock, FakeConsole>.BufferBytes / Limits.PageBytes;

    private readonly TestMemory _memory = new(BufferPages + DumpPages);
    private readonly DiskModel _disk;
    private readonly byte[] _map = GC.AllocateArray<byte>(ExtentMap.MaxBytes, pinned: true);
    private AreaSink<FaultyDisk, FakeClock, FakeConsole> _sink;

    public FileAreaTests()
    {
        _memory.FillRandom(5, BufferPages, DumpPages);
        DiskModel table = PartitionTableTests.Load("mbr-logical", 512);
        _disk = new DiskModel(_memory, 512, DiskPages * 8);
        _disk.Plant(0, table.Medium);
        byte[] volume = new byte[16];
        Volume.Write(volume);
        _disk.Plant((64 * 512) + 1128, volume);
        Encode(Extents);
        foreach (FileExtent extent in Extents)
        {
            foreach (ulong at in FileArea.StampsOf(extent, AreaPages * 4096))
            {
                PlantStamp(extent, at);
            }
        }
        PlantLabel(NewLabel());
        _sink = new(new FaultyDisk(_disk), new FakeClock(), new FakeConsole(), _memory.Buffer(0, BufferPages));
    }

    [Fact]
    public void A_dump_lies_in_the_file_s_extents_and_nowhere_else()
    {
        byte[] before = (byte[])_disk.Medium.Clone();
        Assert.Equal(Status.Ok, Open());
        Assert.Equal(before, _disk.Medium);
        var facts = new DumpFacts(DumpPages * 4096, 1, DumpFormat.Elf, 0);
        Assert.Equal(Status.Ok, _sink.Begin(facts));
        int page = 0;
        foreach (int pages in new[] { 3, 14, 1, 70, 2 })
        {
            Assert.Equal(Status.Ok, _sink.Submit(new DumpChunk(
                (ulong)page * 4096, TestMemory.AddressOf(BufferPages + page), (ulong)pages * 4096)));
            page += pages;
        }
        Assert.Equal(DumpPages, page);
        Assert.Equal(Status.Ok, _sink.Finish(Status.Ok, facts));
        Assert.Equal((ulong)DumpPages, _sink.PagesWritten);

        byte[] file = ReadFile();
        Assert.True(file.AsSpan(0, DumpPages * 4096).SequenceEqual(_memory.At(TestMemory.AddressOf(BufferPages), DumpPages * 4096)));
        Assert.Equal(Status.Ok, AreaLabel.Decode(file.AsSpan((AreaPages - 1) * 4096), AreaPages * 4096, out AreaLabel label));
        Assert.Equal(AreaState.Complete, label.State);
        Assert.True(label.IsFile);
        AssertSameOutside(before);
    }

    [Fact]
    public void What_was_written_is_read_back_through_the_map()
    {
        Assert.Equal(Status.Ok, Open());
        Assert.Equal(Status.Ok, _sink.Begin(new DumpFacts(DumpPages * 4096, 1, DumpFormat.Kdump, 31)));
        byte[] pages = _memory.At(TestMemory.AddressOf(BufferPages + 10), 20 * 4096).ToArray();
        Assert.Equal(Status.Ok, _sink.Submit(new DumpChunk(8 * 4096, TestMemory.AddressOf(BufferPages + 10), 20 * 4096)));
        Assert.Equal(Status.Ok, _sink.ReadBack(new DumpChunk(8 * 4096, TestMemory.AddressOf(BufferPages + 40), 20 * 4096)));
        Assert.True(_memory.At(TestMemory.AddressOf(BufferPages + 40), 20 * 4096).SequenceEqual(pages));
    }

    /// <summary>Each page with a stamp: first and last of each extent (the file's last page is the label).</summary>
    [Fact]
    public void Any_stamp_that_is_not_there_is_a_file_that_moved()
    {
        ulong[] stamps = [.. Extents.SelectMany(extent => FileArea.StampsOf(extent, AreaPages * 4096))];
        Assert.Equal([0UL, 15, 16, 17, 99], stamps.Select(at => at / 4096));
        foreach (ulong at in stamps)
        {
            long place = PlaceOf(at);
            byte[] stamp = _disk.Medium.AsSpan((int)place, 4096).ToArray();
            foreach (int spoiled in new[] { 0, 20, 33, 41, 2000, 4093 })
            {
                _disk.Plant(place + spoiled, [(byte)(stamp[spoiled] ^ 1)]);
                Refuses(Status.MapStale);
                _disk.Plant(place, stamp);
            }
        }
        Assert.Equal(Status.Ok, Open());
    }

    /// <summary>A file that was moved with its content: the stamps are good ones, of another place.</summary>
    [Fact]
    public void A_stamp_of_another_place_does_not_count()
    {
        PlantStamp(new FileExtent(0, (4200 * 512) + 4096, 16 * 4096), 0, 4200 * 512);
        Refuses(Status.MapStale);
    }

    [Theory]
    [InlineData(AreaState.Writing)]
    [InlineData(AreaState.Complete)]
    [InlineData(AreaState.Incomplete)]
    public void An_unsaved_dump_is_never_overwritten(AreaState state)
    {
        AreaLabel label = NewLabel();
        label.State = state;
        PlantLabel(label);
        Refuses(Status.DumpNotSaved);
    }

    [Fact]
    public void Another_label_at_the_label_s_place_is_a_file_that_moved()
    {
        AreaLabel label = NewLabel();
        label.IsFile = false;
        PlantLabel(label);
        Refuses(Status.MapStale);
        label = AreaLabel.Create(new AreaUuid(8, 9), AreaPages * 4096);
        label.IsFile = true;
        PlantLabel(label);
        Refuses(Status.MapStale);
        label = AreaLabel.Create(Uuid, 8192);
        label.IsFile = true;
        PlantLabel(label);
        Refuses(Status.MapStale);
        _disk.Plant(200 * 512, new byte[4096]);
        Refuses(Status.MapStale);
    }

    [Fact]
    public void Another_disk_is_left_alone()
    {
        _disk.Plant(440, [9]);
        Refuses(Status.MapOtherDisk);
        DiskIdentity larger = Identity;
        larger.DiskBytes += 4096;
        Encode(Extents, larger);
        Refuses(Status.MapOtherDisk);
    }

    [Fact]
    public void A_table_that_is_gone_is_another_disk()
    {
        _disk.Plant(510, [0, 0]);
        Refuses(Status.MapOtherDisk);
    }

    [Fact]
    public void A_partition_that_shrank_below_the_file_is_noticed()
    {
        // The logical partition from block 4096 on, which ended at 6144, ends in the third extent.
        _disk.Plant((4095 * 512) + 446 + 12, [0x90, 4, 0, 0]);
        Refuses(Status.MapStale);
    }

    [Fact]
    public void A_file_system_that_was_made_anew_is_noticed()
    {
        _disk.Plant((64 * 512) + 1128, [1]);
        Refuses(Status.MapStale);
    }

    [Fact]
    public void A_malformed_table_is_told()
    {
        _disk.Plant((4095 * 512) + 510, [0, 0]);
        Refuses(Status.PartitionsMalformed);
    }

    [Fact]
    public void An_unreadable_stamp_is_no_reason_but_each_extent_needs_one_that_can_be_read()
    {
        _disk.FailBlock((ulong)PlaceOf(0) / 512);
        Assert.Equal(Status.Ok, Open());
        _disk.FailBlock((ulong)PlaceOf(15 * 4096) / 512);
        Refuses(Status.MapStale);
    }

    [Fact]
    public void A_disk_that_takes_no_writes_is_told()
    {
        _disk.IsReadOnly = true;
        Refuses(Status.WriteProtected);
    }

    [Fact]
    public void The_uuid_that_is_asked_for_must_be_the_map_s()
    {
        ExtentMap map = Map();
        Assert.Equal(Status.LabelOtherUuid, _sink.OpenFile(map, new AreaUuid(7, 6), new AreaExtent[Limits.Partitions]));
        Assert.Equal(Status.Ok, _sink.OpenFile(map, Uuid, new AreaExtent[Limits.Partitions]));
        Assert.Equal(Status.MapMalformed, _sink.OpenFile(default, Uuid, new AreaExtent[Limits.Partitions]));
    }

    [Fact]
    public void Blocks_of_4096_bytes_and_an_extent_between_them_do_not_go_together()
    {
        var large = new DiskModel(_memory, 4096, DiskPages);
        large.Plant(0, _disk.Medium);
        large.Plant(510, [0, 0]);
        DiskIdentity identity = new() { DiskBytes = DiskPages * 4096 };
        Encode(Extents, identity);
        _sink = new(new FaultyDisk(large), new FakeClock(), new FakeConsole(), _memory.Buffer(0, BufferPages));
        Assert.Equal(Status.MapStale, Open());
    }

    private static DiskIdentity Identity => new()
    {
        DiskBytes = DiskPages * 4096, Table = TableKind.Mbr, MbrSignature = 0x12345678,
    };

    private static AreaLabel NewLabel()
    {
        AreaLabel label = AreaLabel.Create(Uuid, AreaPages * 4096);
        label.IsFile = true;
        return label;
    }

    private void Encode(FileExtent[] extents, DiskIdentity? identity = null) =>
        Assert.Equal(Status.Ok, ExtentMap.Encode(Uuid, identity ?? Identity, Volume, (64 * 512) + 1128, extents, _map, out _));

    private ExtentMap Map()
    {
        Assert.Equal(Status.Ok, ExtentMap.Open(new HeldBuffer(new DmaBuffer(_map, 0)), out ExtentMap map));
        return map;
    }

    private Status Open() => _sink.OpenFile(Map(), default, new AreaExtent[Limits.Partitions]);

    private void Refuses(Status why)
    {
        byte[] before = (byte[])_disk.Medium.Clone();
        Assert.Equal(why, Open());
        Assert.Equal(Status.NoLabel, _sink.Begin(new DumpFacts(4096, 1, DumpFormat.Elf, 0)));
        Assert.Equal(0, _disk.SubmittedWrites);
        Assert.Equal(before, _disk.Medium);
    }

    private void PlantStamp(FileExtent extent, ulong at, long? place = null)
    {
        byte[] page = new byte[4096];
        ulong diskBytes = extent.DiskBytes + (at - extent.FileBytes);
        new AreaStamp(Uuid, at, diskBytes).Encode(page);
        _disk.Plant(place ?? (long)diskBytes, page);
    }

    private void PlantLabel(in AreaLabel label)
    {
        byte[] page = new byte[4096];
        label.Encode(page);
        _disk.Plant(200 * 512, page);
    }

    private static long PlaceOf(ulong fileBytes)
    {
        FileExtent extent = Extents.Last(each => each.FileBytes <= fileBytes);
        return (long)(extent.DiskBytes + (fileBytes - extent.FileBytes));
    }

    private byte[] ReadFile() =>
        [.. Extents.SelectMany(extent => _disk.Medium.AsSpan((int)extent.DiskBytes, (int)extent.LengthBytes).ToArray())];

    private void AssertSameOutside(byte[] before)
    {
        var inside = new HashSet<int>(Extents.SelectMany(extent =>
            Enumerable.Range((int)extent.DiskBytes / 512, (int)extent.LengthBytes / 512)));
        for (int block = 0; block < before.Length / 512; block++)
        {
            Assert.True(inside.Contains(block)
                || before.AsSpan(block * 512, 512).SequenceEqual(_disk.Medium.AsSpan(block * 512, 512)), $"block {block}");
        }
    }
}
