using CosmosKdump.Capture.Area;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Tests.EndToEnd.Bare;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.BadInput;

/// <summary>Disks that must not be written: a clear line, the failure action, and not one byte of them changes.</summary>
public class DiskRefusalTests
{
    private const string OtherUuid = "01234567-89ab-cdef-0123-456789abcdef";

    [Fact]
    public void No_disk_at_all() => BareTest.Refuses(new BareOptions(), ["E400 no usable device found: target disk"]);

    [Fact]
    public void A_disk_without_a_label()
    {
        using TestDisk disk = TestDisk.Foreign();
        Refuses(disk, disk.Nvme, "", "E300 not prepared: no dump area label (run ckdump prepare)");
    }

    [Fact]
    public void A_virtio_disk_without_a_label()
    {
        using TestDisk disk = TestDisk.Foreign();
        Refuses(disk, disk.Virtio, "", "E300 not prepared: no dump area label (run ckdump prepare)");
    }

    [Fact]
    public void A_disk_with_a_broken_partition_table()
    {
        using TestDisk disk = TestDisk.Foreign();
        disk.Write(450, [0xEE]);
        disk.Write(510, [0x55, 0xAA]);
        Refuses(disk, disk.Nvme, "", "partition table", "E307", "E300 not prepared");
    }

    [Fact]
    public void An_area_with_another_uuid()
    {
        using TestDisk disk = TestDisk.Prepared();
        Refuses(disk, disk.Nvme, $"kdump.target=disk:{OtherUuid}", "E302 dump area has another UUID");
    }

    [Fact]
    public void An_area_that_is_too_small()
    {
        using TestDisk disk = TestDisk.Prepared(sizeMiB: 4);
        Refuses(disk, disk.Nvme, "", "E304 dump does not fit into the area");
    }

    [Fact]
    public void A_label_with_a_wrong_checksum()
    {
        using TestDisk disk = TestDisk.Prepared();
        disk.Write(disk.LengthBytes - 2000, [1]);
        Refuses(disk, disk.Nvme, "", "E301 dump area label has a wrong checksum");
    }

    [Fact]
    public void A_label_of_a_later_version()
    {
        using TestDisk disk = TestDisk.Prepared();
        disk.Write(disk.LengthBytes - AreaLabel.Bytes + 16, [2]);
        Refuses(disk, disk.Nvme, "", "E305 dump area label of an unknown version");
    }

    [Fact]
    public void A_label_that_names_another_size()
    {
        using TestDisk disk = TestDisk.Foreign();
        disk.WriteLabel(0, disk.LengthBytes, AreaLabel.Create(disk.Uuid, (ulong)disk.LengthBytes / 2));
        Refuses(disk, disk.Nvme, "", "E306 dump area label names another size");
    }

    [Fact]
    public void A_label_on_a_disk_that_something_else_uses()
    {
        using TestDisk disk = TestDisk.Prepared();
        // Where ext4 has its superblock, and btrfs.
        disk.Write(1024, SeededPages.Make(1, 4));
        disk.Write(65536, SeededPages.Make(1, 5));
        Refuses(disk, disk.Nvme, "", "E308 area labelled, but its start holds something else");
        disk.Write(1024, new byte[SharedMemory.PageBytes]);
        Refuses(disk, disk.Virtio, "", "E308 area labelled, but its start holds something else");
    }

    [Fact]
    public void An_earlier_dump_that_was_not_saved()
    {
        using TestDisk disk = TestDisk.WithDump();
        Refuses(disk, disk.Nvme, "", "E303 area holds a dump that was not saved yet");
    }

    [Fact]
    public void An_earlier_dump_gives_way_when_the_user_says_so()
    {
        using TestDisk disk = TestDisk.WithDump();
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.overwrite=1",
            Disks = [disk.Nvme],
        };
        BareTest.Captures(options, machine => PageComparison.Run(disk.Path, machine.Memory).MustBeEqual());
        AreaLabel label = disk.ReadLabel();
        Assert.Equal(AreaState.Complete, label.State);
        Assert.Equal(1_700_000_000UL, label.CrashTimeSeconds);
        Assert.True(label.Sequence > 7);
    }

    // What a boot loader's record, an ext4 and an md 1.2 superblock leave of an earlier dump's headers.
    [Theory]
    [InlineData(440)]
    [InlineData(1024 + 56)]
    [InlineData(4095)]
    public void An_earlier_dump_that_something_else_was_written_over(int at)
    {
        using TestDisk disk = TestDisk.WithDump();
        disk.Write(at, [0x55]);
        Refuses(disk, disk.Nvme, "kdump.overwrite=1", "E308 area labelled, but its start holds something else");
    }

    [Fact]
    public void A_write_protected_virtio_disk()
    {
        using TestDisk disk = TestDisk.Prepared();
        Refuses(disk, disk.Virtio with { ReadOnly = true }, "", "E404 medium is write-protected");
    }

    [Fact]
    public void A_refused_disk_does_not_keep_the_next_one_from_its_dump()
    {
        using TestDisk foreign = TestDisk.Foreign();
        using TestDisk unsaved = TestDisk.WithDump();
        using TestDisk prepared = TestDisk.Prepared();
        string foreignBefore = foreign.Hash();
        string unsavedBefore = unsaved.Hash();
        BareOptions options = new() { Disks = [foreign.Nvme, unsaved.Virtio, prepared.Virtio] };
        BareTest.Captures(options, machine =>
        {
            BareTest.Says(machine, "E300", "E303");
            PageComparison.Run(prepared.Path, machine.Memory).MustBeEqual();
        });
        Assert.Equal(foreignBefore, foreign.Hash());
        Assert.Equal(unsavedBefore, unsaved.Hash());
    }

    private static void Refuses(TestDisk disk, GuestDisk device, string arguments, params string[] texts)
    {
        string before = disk.Hash();
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} {arguments}",
            Disks = [device],
        };
        BareTest.Refuses(options, texts, "refused-disk");
        Assert.Equal(before, disk.Hash());
    }
}
