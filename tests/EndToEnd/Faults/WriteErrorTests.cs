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
    [InlineData(DiskInterface.Ahci)]
    [InlineData(DiskInterface.VirtioScsi)]
    public void A_bad_sector_costs_its_page_and_no_other(DiskInterface disk) =>
        Loses(disk, BadAtBytes + 1024, failBytes: 512, pages: 1);

    [Theory]
    [InlineData(DiskInterface.Nvme)]
    [InlineData(DiskInterface.VirtioModern)]
    [InlineData(DiskInterface.Ahci)]
    [InlineData(DiskInterface.VirtioScsi)]
    public void A_bad_range_costs_its_pages_and_no_other(DiskInterface disk) =>
        Loses(disk, BadAtBytes - 512, failBytes: 1024 + (8 * SharedMemory.PageBytes), pages: 10);

    // Several whole requests, which follow each other: 4 MiB in a dump of 12 MiB.
    [Theory]
    [InlineData(DiskInterface.Nvme)]
    [InlineData(DiskInterface.VirtioModern)]
    [InlineData(DiskInterface.Ahci)]
    [InlineData(DiskInterface.VirtioScsi)]
    public void A_bad_region_of_many_requests_costs_its_pages_and_no_other(DiskInterface kind)
    {
        const int Bytes = 12 << 20;
        const int BadBytes = 4 << 20;
        using TestDisk disk = TestDisk.Prepared(sizeMiB: 24);
        BareOptions options = new()
        {
            Memory = memory =>
            {
                CrashedMemory.Plant(memory, new CoreHeader()
                    .Notes(CrashedMemory.NotesAt, (ulong)CrashedMemory.Notes.Length)
                    .Load(CrashedMemory.DataAt, Bytes)
                    .ToBytes());
                memory.Write(CrashedMemory.DataAt, SeededPages.Make(Bytes / SharedMemory.PageBytes, CrashedMemory.Seed));
            },
            Disks =
            [
                disk.Nvme with
                {
                    Interface = kind,
                    FailWritesAtBytes = BadAtBytes,
                    FailWritesBytes = BadBytes,
                    FailWritesEveryBytes = SharedMemory.PageBytes,
                },
            ],
        };
        const int Lost = BadBytes / SharedMemory.PageBytes;
        BareTest.Start(options, machine =>
        {
            BareTest.Ends(machine, "ckdump: final action: poweroff");
            BareTest.Says(machine, "dump INCOMPLETE: ", $" {Lost} lost");
            Assert.Equal(Lost, PageComparison.Run(disk.Path, machine.Memory).Different);
        });
        AreaLabel label = disk.ReadLabel();
        Assert.Equal(AreaState.Incomplete, label.State);
        Assert.Equal((ulong)Lost, label.PagesLost);
    }

    [Fact]
    public void A_disk_whose_dump_cannot_be_written_says_so_in_its_label()
    {
        using TestDisk disk = TestDisk.Prepared();
        BareOptions options = new()
        {
            // Requests of 16 KiB: the dump has more of them than may be lost in a row.
            Disks =
            [
                disk.Nvme with
                {
                    DeviceProperties = "mdts=2",
                    FailWritesAtBytes = 0,
                    FailWritesBytes = 5 << 20,
                    FailWritesEveryBytes = SharedMemory.PageBytes,
                },
            ],
        };
        BareTest.Refuses(options, ["request failed at block ", "E403 device failed the request"]);
        AreaLabel label = disk.ReadLabel();
        Assert.Equal(AreaState.Incomplete, label.State);
        Assert.Equal(Status.RequestFailed, label.Outcome);
    }

    [Theory]
    [InlineData(DiskInterface.Nvme)]
    [InlineData(DiskInterface.VirtioModern)]
    [InlineData(DiskInterface.Ahci)]
    [InlineData(DiskInterface.VirtioScsi)]
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
    [InlineData(DiskInterface.Ahci)]
    [InlineData(DiskInterface.VirtioScsi)]
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
