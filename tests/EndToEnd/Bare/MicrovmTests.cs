using CosmosKdump.Capture.Area;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Tests.EndToEnd.Network;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Bare;

/// <summary>
/// A machine without PCI and ACPI, whose disks are virtio devices over MMIO: QEMU's microvm, which tells where they are as
/// Firecracker does, by <c>virtio_mmio.device=</c> at the end of the command line.
/// </summary>
public class MicrovmTests
{
    private const string Machine = "acpi=off,pit=on,pic=on,rtc=on,isa-serial=on";
    private const string Actions = "kdump.failure_action=reboot kdump.final_action=reboot";
    private static readonly string[] Modern = ["-global", "virtio-mmio.force-legacy=false"];

    [Theory]
    [InlineData(DiskInterface.VirtioMmio, true, 512)]
    [InlineData(DiskInterface.VirtioMmio, true, 4096)]
    [InlineData(DiskInterface.VirtioMmio, false, 512)]
    [InlineData(DiskInterface.VirtioScsiMmio, true, 512)]
    [InlineData(DiskInterface.VirtioScsiMmio, false, 4096)]
    public void A_disk_over_MMIO_takes_a_dump_by_either_version(DiskInterface kind, bool isModern, int blockBytes)
    {
        using TestDisk disk = TestDisk.Prepared();
        Captures(new() { Disks = [disk.Nvme with { Interface = kind, BlockBytes = blockBytes }] }, isModern, machine =>
            PageComparison.Run(disk.Path, machine.Memory).MustBeEqual());
        Assert.Equal(AreaState.Complete, disk.ReadLabel().State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_named_area_is_found_among_other_disks_and_these_keep_every_byte(bool isModern)
    {
        using TestDisk foreign = TestDisk.Foreign();
        using TestDisk other = TestDisk.Prepared();
        using TestDisk area = TestDisk.Prepared();
        string[] before = [foreign.Hash(), other.Hash()];
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.target=disk:{area.UuidText}",
            Disks =
            [
                foreign.Nvme with { Interface = DiskInterface.VirtioMmio },
                area.Nvme with { Interface = DiskInterface.VirtioMmio },
                other.Nvme with { Interface = DiskInterface.VirtioMmio },
            ],
        };
        Captures(options, isModern, machine =>
        {
            BareTest.Says(machine, "bus mastering switched off in 3 devices");
            PageComparison.Run(area.Path, machine.Memory).MustBeEqual();
        });
        Assert.Equal(before, new[] { foreign.Hash(), other.Hash() });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Bad_sectors_cost_their_page_and_no_other(bool isModern)
    {
        using TestDisk disk = TestDisk.Prepared();
        BareOptions options = new()
        {
            Disks =
            [
                disk.Nvme with { Interface = DiskInterface.VirtioMmio, FailWritesAtBytes = (1 << 20) + 1024 },
            ],
        };
        Run(options, isModern, machine =>
        {
            BareTest.Says(machine, "dump INCOMPLETE: ", " 1 lost");
            Assert.Equal(1, PageComparison.Run(disk.Path, machine.Memory).Different);
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_network_card_over_MMIO_sends_a_dump(bool isModern)
    {
        using NetworkReceiver receiver = new();
        BareOptions options = new()
        {
            Arguments = $"{CrashedMemory.Argument} kdump.target=tcp:{NetworkCard.Host}:{receiver.Port}",
            QemuArguments = NetworkCard.User("virtio-net-device"),
        };
        Captures(options, isModern, machine =>
        {
            receiver.WaitFor("complete, as the sender has it");
            PageComparison.Run(receiver.OnlyFile, machine.Memory).MustBeEqual();
        });
    }

    [Theory]
    [InlineData("virtio_mmio.device=512@0xfeb02000:5", "virtio_mmio.device=512@0xfeb02000:5: E400")]
    [InlineData("virtio_mmio.device=4K@1M", "virtio_mmio.device=4K@1M: E400")]
    [InlineData("virtio_mmio.device=lots", "virtio_mmio.device=lots: E101")]
    [InlineData("virtio_mmio.device=16@0xfeb00000:5", "virtio_mmio.device=16@0xfeb00000:5: E101")]
    public void A_device_that_is_not_there_is_told_and_costs_nothing(string argument, string text)
    {
        using TestDisk disk = TestDisk.Prepared();
        BareOptions options = new() { Arguments = $"{CrashedMemory.Argument} {argument}", Disks = [disk.Nvme] };
        BareTest.Captures(options, machine =>
        {
            BareTest.Says(machine, text);
            PageComparison.Run(disk.Path, machine.Memory).MustBeEqual();
        });
    }

    private static void Captures(BareOptions options, bool isModern, System.Action<BareMachine> test) =>
        Run(options, isModern, machine =>
        {
            BareTest.Says(machine, "dump complete: ", " 0 lost");
            test(machine);
        });

    // There is no power to switch off without ACPI.
    private static void Run(BareOptions options, bool isModern, System.Action<BareMachine> test) => BareTest.Start(
        options with
        {
            Microvm = Machine,
            Arguments = $"{options.Arguments} {Actions}",
            QemuArguments = [.. options.QemuArguments, .. isModern ? Modern : []],
        },
        machine =>
        {
            BareTest.Ends(machine, "ckdump: final action: reboot");
            test(machine);
        },
        "microvm");
}
