using CosmosKdump.Capture.Area;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Bare;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Ahci;

/// <summary>SATA disks on several ports of several AHCI controllers; what fails on one is in Faults/.</summary>
public class AhciTests
{
    [Fact]
    public void The_chipsets_own_controller_takes_a_dump_on_its_last_port()
    {
        using TestDisk disk = TestDisk.Prepared();
        BareOptions options = new() { IsQ35 = true, Disks = [disk.Ahci with { AhciPort = "ide.5" }] };
        BareTest.Captures(options, machine =>
        {
            BareTest.Says(machine, "ahci 00:1f.2: port 5: QEMU HARDDISK");
            PageComparison.Run(disk.Path, machine.Memory).MustBeEqual();
        });
        Assert.Equal(AreaState.Complete, disk.ReadLabel().State);
    }

    [Fact]
    public void The_named_area_is_found_behind_other_disks_of_other_controllers_and_these_keep_every_byte()
    {
        using TestDisk foreign = TestDisk.Foreign();
        using TestDisk other = TestDisk.Prepared();
        using TestDisk unsaved = TestDisk.WithDump();
        using TestDisk area = TestDisk.Prepared();
        string[] before = [foreign.Hash(), other.Hash(), unsaved.Hash()];
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.target=disk:{area.UuidText}",
            Disks =
            [
                foreign.Ahci,
                other.Ahci with { AhciPort = "ahci0.3" },
                unsaved.Ahci,
                area.Ahci with { AhciPort = "ahci2.5" },
            ],
            QemuArguments = ["-device", "ide-cd,bus=ahci2.1"],
        };
        BareTest.Captures(options, machine =>
        {
            BareTest.Says(machine, "E300 not prepared", "E302 dump area has another UUID", "port 1: ATAPI device, skipped");
            PageComparison.Run(area.Path, machine.Memory).MustBeEqual();
        });
        string[] after = [foreign.Hash(), other.Hash(), unsaved.Hash()];
        Assert.Equal(before, after);
        Assert.Equal(AreaState.Complete, area.ReadLabel().State);
    }

    [Fact]
    public void A_Linux_that_crashes_while_it_reads_and_writes_behind_the_same_controller_is_captured_as_it_was() =>
        BusyDisks.Crash(
            KernelSeries.Linux61Full,
            GuestDisk.PreparedAhci,
            new GuestDisk { Interface = DiskInterface.Ahci, AhciPort = "ahci0.1" });

    [Fact]
    public void A_kdump_dump_is_written_and_read_back()
    {
        using TestDisk disk = TestDisk.Prepared();
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.format=kdump kdump.compress=lzo",
            Disks = [disk.Ahci],
        };
        BareTest.Captures(options, machine => BareTest.Says(machine, " 0 lost"));
        AreaLabel label = disk.ReadLabel();
        Assert.Equal(AreaState.Complete, label.State);
        Assert.Equal(0UL, label.PagesLost);
    }
}
