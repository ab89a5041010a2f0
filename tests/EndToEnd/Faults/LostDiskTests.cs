using CosmosKdump.Capture.Area;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Tests.EndToEnd.Bare;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Faults;

/// <summary>
/// Disks that are pulled out, or stop answering, in the middle of the dump. Not SATA ones: QEMU 7.2 aborts when one goes
/// whose writes are under way, and in a reset it waits for these without end (AhciFaultTests does both).
/// </summary>
public class LostDiskTests
{
    private const int Slot = 9;

    [Theory]
    [InlineData(DiskInterface.Nvme)]
    [InlineData(DiskInterface.VirtioModern)]
    [InlineData(DiskInterface.VirtioScsi)]
    public void A_disk_that_is_pulled_out_is_told_and_ends_by_the_failure_action(DiskInterface kind)
    {
        using TestDisk disk = TestDisk.Prepared();
        BareOptions options = new() { Disks = [Slow(disk, kind)] };
        BareTest.Start(options, machine =>
        {
            PullOut(machine, disk);
            BareTest.Ends(machine, "ckdump: failure action: poweroff");
            BareTest.Says(machine, "NO DUMP: ");
        });
        Assert.Equal(AreaState.Writing, disk.ReadLabel().State);
    }

    [Theory]
    [InlineData(DiskInterface.Nvme)]
    [InlineData(DiskInterface.VirtioModern)]
    [InlineData(DiskInterface.VirtioScsi)]
    public void The_next_disk_gets_the_dump_when_one_is_pulled_out(DiskInterface kind)
    {
        using TestDisk pulled = TestDisk.Prepared();
        using TestDisk next = TestDisk.Prepared();
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.target=disk:{pulled.UuidText},disk",
            Disks = [Slow(pulled, kind), next.Virtio],
        };
        BareTest.Start(options, machine =>
        {
            PullOut(machine, pulled);
            BareTest.Ends(machine, "ckdump: final action: poweroff");
            BareTest.Says(machine, "dump complete: ");
            PageComparison.Run(next.Path, machine.Memory).MustBeEqual();
        });
        Assert.Equal(AreaState.Complete, next.ReadLabel().State);
    }

    [Fact]
    public void A_disk_that_stops_answering_gives_way_to_the_next()
    {
        using TestDisk stuck = TestDisk.Prepared();
        using TestDisk next = TestDisk.Prepared();
        BareOptions options = new() { Disks = [Stuck(stuck.Nvme), next.Virtio] };
        BareTest.Captures(options, machine =>
        {
            BareTest.Says(machine, "nvme 00:02.0: waiting for requests: E401 device did not answer in time");
            PageComparison.Run(next.Path, machine.Memory).MustBeEqual();
        });
        Assert.Equal(AreaState.Complete, next.ReadLabel().State);
    }

    [Fact]
    public void A_disk_that_stops_answering_ends_by_the_failure_action()
    {
        using TestDisk stuck = TestDisk.Prepared();
        BareOptions options = new() { Disks = [Stuck(stuck.Virtio)] };
        BareTest.Refuses(options, ["waiting for requests: E401 device did not answer in time", "E401"]);
        Assert.Equal(AreaState.Writing, stuck.ReadLabel().State);
    }

    // One byte a second: the first write, the label, still goes through.
    private static GuestDisk Stuck(GuestDisk disk) => disk with { BytesPerSecond = 1 };

    private static GuestDisk Slow(TestDisk disk, DiskInterface kind) => disk.Nvme with
    {
        Interface = kind,
        BytesPerSecond = 1 << 18,
        DeviceProperties = $"id=victim,addr={Slot}",
    };

    // What a guest's ACPI would do when it is asked to let a device go: QEMU's eject register (docs/specs/
    // acpi_pci_hotplug.rst, 0xae08) takes it out at once, without asking the driver.
    private static void PullOut(BareMachine machine, TestDisk disk)
    {
        disk.WaitForDump();
        machine.Monitor.Hmp("device_del victim");
        machine.Monitor.Hmp($"o /w 0xae08 {1 << Slot}");
    }
}
