using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Capture.Area;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Bare;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Nvme;

/// <summary>Several namespaces of several NVMe controllers, of either block size, active or not.</summary>
public class NamespaceTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_named_area_is_found_on_any_namespace_and_the_others_keep_every_byte(int nsid)
    {
        using TestDisk first = TestDisk.Foreign();
        using TestDisk second = TestDisk.Prepared();
        using TestDisk third = TestDisk.WithDump();
        using TestDisk area = TestDisk.Prepared();
        TestDisk[] disks = [first, second, third];
        disks[nsid - 1] = area;
        TestDisk[] others = [.. disks.Where(disk => disk != area)];
        string[] before = [.. others.Select(disk => disk.Hash())];
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.target=disk:{area.UuidText}",
            Disks =
            [
                disks[0].Nvme with { NvmePlace = "1" },
                disks[1].Nvme with { NvmePlace = "nvme0:2", BlockBytes = 4096 },
                disks[2].Nvme with { NvmePlace = "nvme0:3" },
            ],
        };
        BareTest.Captures(options, machine =>
        {
            BareTest.Says(machine, "namespaces 3", " 0 lost");
            PageComparison.Run(area.Path, machine.Memory).MustBeEqual();
        });
        Assert.Equal(before, others.Select(disk => disk.Hash()));
        Assert.Equal(AreaState.Complete, area.ReadLabel().State);
    }

    [Fact]
    public void Namespace_IDs_may_be_sparse_and_on_the_second_controller()
    {
        using TestDisk alone = TestDisk.Foreign();
        using TestDisk foreign = TestDisk.Foreign();
        using TestDisk area = TestDisk.Prepared();
        string[] before = [alone.Hash(), foreign.Hash()];
        BareOptions options = new()
        {
            Disks =
            [
                alone.Nvme,
                foreign.Nvme with { NvmePlace = "7", BlockBytes = 4096 },
                area.Nvme with { NvmePlace = "nvme1:200", BlockBytes = 4096 },
            ],
        };
        BareTest.Captures(options, machine => PageComparison.Run(area.Path, machine.Memory).MustBeEqual());
        Assert.Equal(before, new[] { alone.Hash(), foreign.Hash() });
        Assert.Equal(AreaState.Complete, area.ReadLabel().State);
    }

    [Fact]
    public void A_namespace_that_is_not_active_is_no_target()
    {
        using TestDisk detached = TestDisk.Prepared();
        using TestDisk area = TestDisk.Prepared();
        string before = detached.Hash();
        BareOptions options = new()
        {
            Disks =
            [
                detached.Nvme with { NvmePlace = "1", Detached = true, DeviceProperties = "subsys=subsystem" },
                area.Nvme with { NvmePlace = "nvme0:2" },
            ],
            EarlyQemuArguments = ["-device", "nvme-subsys,id=subsystem"],
        };
        BareTest.Captures(options, machine =>
        {
            BareTest.Says(machine, "namespaces 1");
            PageComparison.Run(area.Path, machine.Memory).MustBeEqual();
        });
        Assert.Equal(before, detached.Hash());
    }

    [Fact]
    public void A_namespace_behind_many_others_is_found()
    {
        List<TestDisk> disks = [.. Enumerable.Range(0, 30).Select(_ => TestDisk.Foreign(sizeMiB: 1)), TestDisk.Prepared()];
        try
        {
            BareOptions options = new()
            {
                Disks = [.. disks.Select((disk, i) => disk.Nvme with { NvmePlace = i == 0 ? "1" : $"nvme0:{i + 1}" })],
            };
            BareTest.Captures(options, machine =>
            {
                BareTest.Says(machine, "namespaces 31");
                PageComparison.Run(disks[^1].Path, machine.Memory).MustBeEqual();
            });
        }
        finally
        {
            disks.ForEach(disk => disk.Dispose());
        }
    }

    [Fact]
    public void A_namespace_that_fails_every_write_gives_way_to_the_next_of_its_controller()
    {
        using TestDisk failing = TestDisk.Prepared();
        using TestDisk next = TestDisk.Prepared();
        string before = failing.Hash();
        BareOptions options = new()
        {
            Disks =
            [
                failing.Nvme with { NvmePlace = "1", FailAllWrites = true },
                next.Nvme with { NvmePlace = "nvme0:2", BlockBytes = 4096 },
            ],
        };
        BareTest.Captures(options, machine =>
        {
            BareTest.Says(machine, "request failed at block ");
            PageComparison.Run(next.Path, machine.Memory).MustBeEqual();
        });
        Assert.Equal(before, failing.Hash());
    }

    [Fact]
    public void A_Linux_that_crashes_while_it_reads_and_writes_another_namespace_is_captured_as_it_was() =>
        BusyDisks.Crash(
            KernelSeries.Linux61,
            GuestDisk.PreparedNvme with { NvmePlace = "1" },
            new GuestDisk { NvmePlace = "nvme0:2" });
}
