using CosmosKdump.Capture.Area;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Tests.EndToEnd.Bare;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Scsi;

/// <summary>SCSI disks at several targets; what they share with other kinds is in Disks/, what fails on one in Faults/.</summary>
public class VirtioScsiTests
{
    [Theory]
    [InlineData(DiskInterface.VirtioScsi, "0:0", "")]
    [InlineData(DiskInterface.VirtioScsi, "0:1", "")]
    [InlineData(DiskInterface.VirtioScsi, "255:0", "")]
    [InlineData(DiskInterface.VirtioScsi, "9:16383", "")]
    [InlineData(DiskInterface.VirtioScsi, "1:300", "virtqueue_size=64")]
    [InlineData(DiskInterface.VirtioScsi, "1:0", "cmd_per_lun=2,num_queues=4")]
    [InlineData(DiskInterface.VirtioScsi, "1:0", "max_sectors=8")]
    [InlineData(DiskInterface.VirtioScsiLegacy, "7:3", "")]
    public void A_disk_is_found_at_its_target_and_LUN_and_written(DiskInterface kind, string place, string properties)
    {
        using TestDisk disk = TestDisk.Prepared();
        BareOptions options = new()
        {
            Disks = [disk.Scsi with { Interface = kind, ScsiPlace = place, DeviceProperties = properties }],
        };
        BareTest.Captures(options, machine =>
        {
            BareTest.Says(machine, $"target {place.Replace(":", " LUN ", System.StringComparison.Ordinal)}: QEMU QEMU HARDDISK", " 0 lost");
            PageComparison.Run(disk.Path, machine.Memory).MustBeEqual();
        });
        Assert.Equal(AreaState.Complete, disk.ReadLabel().State);
    }

    // Its label lies where a command of 10 bytes does not reach.
    [Fact]
    public void A_disk_of_3_TiB_takes_a_dump()
    {
        BareOptions options = new() { Disks = [GuestDisk.PreparedScsi with { SizeMiB = 3 << 20 }] };
        BareTest.Captures(options, machine => BareTest.Says(machine, "2.9 TiB from block 0", " 0 lost"));
    }

    [Fact]
    public void A_disk_that_refuses_writes_gives_way_to_the_next()
    {
        using TestDisk refusing = TestDisk.Prepared();
        using TestDisk next = TestDisk.Prepared();
        string before = refusing.Hash();
        BareOptions options = new()
        {
            Disks = [refusing.Scsi with { ReadOnly = true }, next.Scsi with { ScsiPlace = "scsi0.0:0:1" }],
        };
        BareTest.Captures(options, machine =>
        {
            BareTest.Says(machine, "E404 ");
            PageComparison.Run(next.Path, machine.Memory).MustBeEqual();
        });
        Assert.Equal(before, refusing.Hash());
    }

    [Fact]
    public void A_disk_that_goes_from_its_controller_gives_way_to_the_next_behind_it()
    {
        using TestDisk gone = TestDisk.Prepared();
        using TestDisk next = TestDisk.Prepared();
        BareOptions options = new()
        {
            Disks = [gone.Scsi with { BytesPerSecond = 1 << 18 }, next.Scsi with { ScsiPlace = "scsi0.0:3:0" }],
        };
        BareTest.Start(options, machine =>
        {
            gone.WaitForDump();
            machine.Monitor.Hmp("device_del scsi-disk0");
            BareTest.Ends(machine, "ckdump: final action: poweroff");
            BareTest.Says(machine, "E406 ", "dump complete: ");
            PageComparison.Run(next.Path, machine.Memory).MustBeEqual();
        });
        Assert.Equal(AreaState.Writing, gone.ReadLabel().State);
        Assert.Equal(AreaState.Complete, next.ReadLabel().State);
    }
}
