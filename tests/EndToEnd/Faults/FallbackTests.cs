using System.Globalization;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Tests.EndToEnd.Bare;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Faults;

/// <summary>The list of targets: the first that works wins.</summary>
public class FallbackTests
{
    private const string OtherUuid = "01234567-89ab-cdef-0123-456789abcdef";

    [Fact]
    public void The_disk_that_is_named_comes_first()
    {
        using TestDisk first = TestDisk.Prepared();
        using TestDisk second = TestDisk.Prepared();
        string firstBefore = first.Hash();
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.target=disk:{second.UuidText},disk",
            Disks = [first.Nvme, second.Virtio],
        };
        BareTest.Captures(options, machine => PageComparison.Run(second.Path, machine.Memory).MustBeEqual());
        Assert.Equal(firstBefore, first.Hash());
        Assert.Equal(AreaState.Complete, second.ReadLabel().State);
    }

    [Fact]
    public void Any_disk_stands_in_for_one_that_is_not_there()
    {
        using TestDisk disk = TestDisk.Prepared();
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.target=disk:{OtherUuid},disk",
            Disks = [disk.Nvme],
        };
        BareTest.Captures(options, machine =>
        {
            BareTest.Says(machine, "E302 dump area has another UUID: target disk");
            PageComparison.Run(disk.Path, machine.Memory).MustBeEqual();
        });
        Assert.Equal(AreaState.Complete, disk.ReadLabel().State);
    }

    [Theory]
    [InlineData("tcp:10.0.2.2:4000,http://10.0.2.2/up,disk")]
    [InlineData("http://10.0.2.2/up,serial:ttyS3,disk")]
    public void Network_targets_without_a_card_do_not_cost_the_dump(string targets)
    {
        using TestDisk disk = TestDisk.Prepared();
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.target={targets} kdump.dump_level=31 kdump.ip=dhcp",
            Disks = [disk.Nvme],
        };
        BareTest.Captures(options, machine =>
        {
            BareTest.Says(
                machine,
                "E400 no usable device found: target http://10.0.2.2:80",
                "nothing can be left out: all pages are dumped");
            PageComparison.Run(disk.Path, machine.Memory).MustBeEqual();
        });
        Assert.Equal(AreaState.Complete, disk.ReadLabel().State);
    }

    [Fact]
    public void A_list_of_which_nothing_works_ends_by_the_failure_action()
    {
        using TestDisk disk = TestDisk.Prepared();
        string before = disk.Hash();
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.target=disk:{OtherUuid},serial:ttyS3,disk:{OtherUuid}",
            Disks = [disk.Nvme],
        };
        BareTest.Refuses(
            options,
            ["E302 dump area has another UUID: target disk", "E400 no usable device found: target serial", "E500"]);
        Assert.Equal(before, disk.Hash());
    }

    [Fact]
    public void A_disk_that_dies_in_the_middle_gives_way_to_the_next_and_both_are_told()
    {
        using TestDisk dying = TestDisk.Prepared();
        using TestDisk next = TestDisk.Prepared();
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.target=disk:{dying.UuidText},disk:{next.UuidText}",
            Disks =
            [
                // From 30 % on every page fails; the label behind the dump can still be written.
                dying.Nvme with
                {
                    DeviceProperties = "mdts=2",
                    FailWritesAtBytes = CrashedMemory.DataBytes * 3L / 10,
                    FailWritesBytes = CrashedMemory.DataBytes,
                    FailWritesEveryBytes = SharedMemory.PageBytes,
                },
                next.Virtio,
            ],
        };
        BareTest.Captures(options, machine =>
        {
            BareTest.Says(
                machine,
                $"target 1, disk:{dying.UuidText}: E403 device failed the request",
                $"target 2, disk:{next.UuidText}: dump complete");
            PageComparison.Run(next.Path, machine.Memory).MustBeEqual();
        });
        Assert.Equal((AreaState.Incomplete, Status.RequestFailed), (dying.ReadLabel().State, dying.ReadLabel().Outcome));
        Assert.Equal(AreaState.Complete, next.ReadLabel().State);
    }

    [Theory]
    [InlineData("disk")]
    [InlineData("disk:{0},disk:{1}")]
    public void A_full_disk_keeps_its_part_and_the_next_gets_the_whole(string targets)
    {
        using TestDisk full = TestDisk.Prepared(sizeMiB: 3);
        using TestDisk next = TestDisk.Prepared();
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.format=kdump kdump.compress=none kdump.target="
                + string.Format(CultureInfo.InvariantCulture, targets, full.UuidText, next.UuidText),
            Disks = [full.Nvme, next.Virtio],
        };
        BareTest.Captures(options, machine => BareTest.Says(machine, "E505 "));
        Assert.Equal((AreaState.Incomplete, Status.DumpCut), (full.ReadLabel().State, full.ReadLabel().Outcome));
        Assert.Equal(AreaState.Complete, next.ReadLabel().State);
    }

    [Fact]
    public void A_part_counts_when_nothing_better_follows()
    {
        using TestDisk full = TestDisk.Prepared(sizeMiB: 3);
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.format=kdump kdump.compress=none kdump.target="
                + $"disk:{full.UuidText},disk:{OtherUuid},serial:ttyS3",
            Disks = [full.Nvme],
        };
        BareTest.Start(options, machine =>
        {
            BareTest.Ends(machine, "ckdump: final action: poweroff");
            BareTest.Says(
                machine,
                $"target 1, disk:{full.UuidText}: E505 ",
                $"target 2, disk:{OtherUuid}: E302 ",
                "target 3, serial:ttyS3: E400 ",
                "dump INCOMPLETE: ");
        });
        Assert.Equal((AreaState.Incomplete, Status.DumpCut), (full.ReadLabel().State, full.ReadLabel().Outcome));
    }
}
