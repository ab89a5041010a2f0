using System;
using CosmosKdump.Capture.Area;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Bare;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Disks;

/// <summary>Several disks behind several controllers of one kind; what a kind has of its own is tested with it.</summary>
public class SharedControllerTests
{
    [Theory]
    [InlineData(DiskInterface.Ahci, "port 1: ATAPI device, skipped")]
    [InlineData(DiskInterface.VirtioScsi, "QEMU CD-ROM, not a disk, skipped")]
    public void The_named_area_is_found_behind_other_disks_of_other_controllers_and_these_keep_every_byte(
        DiskInterface kind, string skipped)
    {
        using TestDisk foreign = TestDisk.Foreign();
        using TestDisk other = TestDisk.Prepared();
        using TestDisk unsaved = TestDisk.WithDump();
        using TestDisk area = TestDisk.Prepared();
        string[] before = [foreign.Hash(), other.Hash(), unsaved.Hash()];
        bool isSata = kind == DiskInterface.Ahci;
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.target=disk:{area.UuidText}",
            Disks = isSata
                ? [foreign.Ahci, other.Ahci with { AhciPort = "ahci0.3" }, unsaved.Ahci, area.Ahci with { AhciPort = "ahci2.5" }]
                :
                [
                    foreign.Scsi, other.Scsi with { ScsiPlace = "scsi0.0:0:2" }, unsaved.Scsi,
                    area.Scsi with { ScsiPlace = "scsi2.0:6:4" },
                ],
            QemuArguments = ["-device", isSata ? "ide-cd,bus=ahci2.1" : "scsi-cd,bus=scsi2.0,scsi-id=6,lun=1"],
        };
        BareTest.Captures(options, machine =>
        {
            BareTest.Says(machine, "E300 not prepared", "E302 dump area has another UUID", skipped);
            PageComparison.Run(area.Path, machine.Memory).MustBeEqual();
        });
        string[] after = [foreign.Hash(), other.Hash(), unsaved.Hash()];
        Assert.Equal(before, after);
        Assert.Equal(AreaState.Complete, area.ReadLabel().State);
    }

    [Theory]
    [InlineData(DiskInterface.Ahci)]
    [InlineData(DiskInterface.VirtioScsi)]
    public void A_Linux_that_crashes_while_it_reads_and_writes_behind_the_same_controller_is_captured_as_it_was(DiskInterface kind)
    {
        GuestDisk other = new() { Interface = kind };
        switch (kind)
        {
            case DiskInterface.Ahci:
                BusyDisks.Crash(KernelSeries.Linux61Full, GuestDisk.PreparedAhci, other with { AhciPort = "ahci0.1" });
                break;
            case DiskInterface.VirtioScsi:
                BusyDisks.Crash(KernelSeries.Linux61, GuestDisk.PreparedScsi, other with { ScsiPlace = "scsi0.0:0:1" });
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "not told how two of them share a controller");
        }
    }

    [Theory]
    [InlineData(DiskInterface.Ahci)]
    [InlineData(DiskInterface.VirtioScsi)]
    public void A_kdump_dump_is_written_and_read_back(DiskInterface kind)
    {
        using TestDisk disk = TestDisk.Prepared();
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.format=kdump kdump.compress=lzo",
            Disks = [kind == DiskInterface.Ahci ? disk.Ahci : disk.Scsi],
        };
        BareTest.Captures(options, machine => BareTest.Says(machine, " 0 lost"));
        AreaLabel label = disk.ReadLabel();
        Assert.Equal(AreaState.Complete, label.State);
        Assert.Equal(0UL, label.PagesLost);
    }
}
