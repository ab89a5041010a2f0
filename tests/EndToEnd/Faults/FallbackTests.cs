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
}
