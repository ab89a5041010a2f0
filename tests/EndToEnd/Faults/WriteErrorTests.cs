using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Tests.EndToEnd.Bare;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Faults;

/// <summary>Disks that fail writes: what can be written is, what cannot is counted, and every disk driver alike.</summary>
public class WriteErrorTests
{
    // Somewhere in the middle of the dump, not at the boundary of any request.
    private const int BadAtBytes = (1 << 20) + (37 * SharedMemory.PageBytes);

    [Theory]
    [InlineData(DiskInterface.Nvme)]
    [InlineData(DiskInterface.VirtioModern)]
    public void A_bad_sector_costs_its_page_and_no_other(DiskInterface disk) =>
        Loses(disk, BadAtBytes + 1024, failBytes: 512, pages: 1);

    [Theory]
    [InlineData(DiskInterface.Nvme)]
    [InlineData(DiskInterface.VirtioModern)]
    public void A_bad_range_costs_its_pages_and_no_other(DiskInterface disk) =>
        Loses(disk, BadAtBytes - 512, failBytes: 1024 + (8 * SharedMemory.PageBytes), pages: 10);

    [Theory]
    [InlineData(DiskInterface.Nvme)]
    [InlineData(DiskInterface.VirtioModern)]
    public void Errors_that_go_away_cost_nothing(DiskInterface kind)
    {
        using TestDisk disk = TestDisk.Prepared();
        BareOptions options = new()
        {
            Disks =
            [
                disk.Nvme with
                {
                    Interface = kind,
                    FailWritesAtBytes = BadAtBytes,
                    FailWritesBytes = SharedMemory.PageBytes,
                    FailWritesOnce = true,
                },
            ],
        };
        BareTest.Captures(options, machine =>
        {
            BareTest.Says(machine, "request failed at block ", " 0 lost");
            PageComparison.Run(disk.Path, machine.Memory).MustBeEqual();
        });
        AreaLabel label = disk.ReadLabel();
        Assert.Equal(AreaState.Complete, label.State);
        Assert.Equal(0UL, label.PagesLost);
    }

    [Theory]
    [InlineData(DiskInterface.Nvme)]
    [InlineData(DiskInterface.VirtioModern)]
    public void A_disk_that_fails_every_write_is_no_target(DiskInterface kind)
    {
        using TestDisk disk = TestDisk.Prepared();
        string before = disk.Hash();
        BareOptions options = new() { Disks = [disk.Nvme with { Interface = kind, FailAllWrites = true }] };
        BareTest.Refuses(options, ["request failed at block ", "E403 device failed the request"]);
        Assert.Equal(before, disk.Hash());
    }

    [Fact]
    public void A_failing_disk_does_not_keep_the_next_one_from_its_dump()
    {
        using TestDisk failing = TestDisk.Prepared();
        using TestDisk good = TestDisk.Prepared();
        BareOptions options = new() { Disks = [failing.Nvme with { FailAllWrites = true }, good.Virtio] };
        BareTest.Captures(options, machine => PageComparison.Run(good.Path, machine.Memory).MustBeEqual());
        Assert.Equal(AreaState.Complete, good.ReadLabel().State);
    }

    private static void Loses(DiskInterface kind, long failAtBytes, int failBytes, int pages)
    {
        using TestDisk disk = TestDisk.Prepared();
        BareOptions options = new()
        {
            Disks =
            [
                disk.Nvme with { Interface = kind, FailWritesAtBytes = failAtBytes, FailWritesBytes = failBytes },
            ],
        };
        BareTest.Start(options, machine =>
        {
            BareTest.Ends(machine, "ckdump: final action: poweroff");
            BareTest.Says(machine, "dump INCOMPLETE: ", $" {pages} lost");
            PageComparison comparison = PageComparison.Run(disk.Path, machine.Memory);
            Assert.Equal(CrashedMemory.DataPages, comparison.Pages);
            Assert.Equal(pages, comparison.Different);
        });
        AreaLabel label = disk.ReadLabel();
        Assert.Equal(AreaState.Incomplete, label.State);
        Assert.Equal(Status.PagesLost, label.Outcome);
        Assert.Equal((ulong)pages, label.PagesLost);
        // The dump opens: header, notes and every segment are there.
        VmcoreHeader vmcore = disk.Vmcore();
        Assert.Equal(label.DumpLengthBytes, vmcore.EndBytes);
        Assert.Equal((ulong)CrashedMemory.DataBytes, vmcore.Loads.Single().FileBytes);
        Assert.Contains(CrashedMemory.Release, vmcore.VmcoreInfo);
    }
}
