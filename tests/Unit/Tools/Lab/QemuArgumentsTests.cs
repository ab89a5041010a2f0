using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Tests.Unit.Tools.Ckdump;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Lab;

public class QemuArgumentsTests
{
    [Theory]
    [InlineData("4M", "", "console=ttyS0,115200 quiet crashkernel=4M")]
    [InlineData("8M,high 0,low", "no5lvl", "console=ttyS0,115200 quiet crashkernel=8M,high crashkernel=0,low no5lvl")]
    [InlineData("", "", "console=ttyS0,115200 quiet")]
    public void Reservations_and_arguments_reach_Linux(string crashKernel, string arguments, string expected)
    {
        GuestOptions options = new() { CrashKernel = crashKernel, KernelArguments = arguments };

        Assert.Equal(expected, After(Arguments(options), "-append"));
    }

    [Fact]
    public void A_guest_larger_than_the_host_reserves_nothing()
    {
        List<string> arguments = Arguments(new GuestOptions { MemoryMiB = 65536 });

        Assert.Equal("memory-backend-ram,id=ram,size=65536M,reserve=off", After(arguments, "-object"));
    }

    [Fact]
    public void A_guest_whose_memory_the_host_holds_has_it_from_the_start()
    {
        List<string> arguments = Arguments(new GuestOptions { MemoryMiB = 1024, Preallocated = true });

        Assert.Equal("memory-backend-ram,id=ram,size=1024M,prealloc=on", After(arguments, "-object"));
    }

    [Theory]
    [InlineData(DiskInterface.Nvme, "nvme,serial=LAB-disk0,drive=disk0")]
    [InlineData(DiskInterface.VirtioModern, "virtio-blk-pci,disable-legacy=on,disable-modern=off,drive=disk0")]
    [InlineData(DiskInterface.VirtioTransitional, "virtio-blk-pci,disable-legacy=off,disable-modern=off,drive=disk0")]
    [InlineData(DiskInterface.VirtioLegacy, "virtio-blk-pci,disable-legacy=off,disable-modern=on,drive=disk0")]
    public void Each_interface_has_its_device(DiskInterface kind, string device)
    {
        string[] arguments = Disk(new GuestDisk { Interface = kind, BlockBytes = 4096 });

        Assert.Equal(device + ",logical_block_size=4096,physical_block_size=4096", After([.. arguments], "-device"));
    }

    [Fact]
    public void A_SATA_disk_brings_its_controller_or_shares_one()
    {
        string[] own = Disk(new GuestDisk { Interface = DiskInterface.Ahci, DeviceProperties = "addr=9" });
        string[] shared = Disk(new GuestDisk { Interface = DiskInterface.Ahci, AhciPort = "ahci7.3" });

        Assert.Equal(["ahci,id=ahci0,addr=9", "ide-hd,bus=ahci0.0,drive=disk0,physical_block_size=512"], Devices(own));
        Assert.Equal(["ide-hd,bus=ahci7.3,drive=disk0,physical_block_size=512"], Devices(shared));
    }

    [Theory]
    [InlineData("", "bus=scsi0.0,scsi-id=0,lun=0")]
    [InlineData("3:5", "bus=scsi0.0,scsi-id=3,lun=5")]
    [InlineData("scsi7.0:255:16383", "bus=scsi7.0,scsi-id=255,lun=16383")]
    public void A_SCSI_disk_brings_its_controller_or_shares_one(string place, string expected)
    {
        string[] devices = Devices(Disk(new GuestDisk
        {
            Interface = DiskInterface.VirtioScsi, ScsiPlace = place, DeviceProperties = "addr=9",
        }));

        string disk = $"scsi-hd,id=scsi-disk0,{expected},drive=disk0,logical_block_size=512,physical_block_size=512";
        string[] controller = ["virtio-scsi-pci,disable-legacy=on,disable-modern=off,id=scsi0,addr=9"];
        Assert.Equal([.. place.StartsWith("scsi", StringComparison.Ordinal) ? [] : controller, disk], devices);
    }

    [Theory]
    [InlineData("7", false, "bus=nvme0,nsid=7", "")]
    [InlineData("nvme3:2", true, "bus=nvme3,nsid=2", ",detached=on")]
    public void An_NVMe_namespace_brings_its_controller_or_shares_one(string place, bool detached, string expected, string end)
    {
        string[] devices = Devices(Disk(new GuestDisk { NvmePlace = place, Detached = detached, DeviceProperties = "mdts=3" }));

        string disk = $"nvme-ns,{expected},drive=disk0,logical_block_size=512,physical_block_size=512{end}";
        string[] controller = ["nvme,id=nvme0,serial=LAB-disk0,mdts=3"];
        Assert.Equal([.. place.StartsWith("nvme", StringComparison.Ordinal) ? [] : controller, disk], devices);
    }

    [Fact]
    public void A_disk_has_room_for_the_guests_memory()
    {
        using TestFolder folder = new();

        Assert.True(new DiskImage(new GuestDisk(), 0, 1024, folder.Root).LengthBytes > 1100L << 20);
    }

    [Fact]
    public void An_image_of_the_users_keeps_its_size_and_is_not_ours()
    {
        using TestFolder folder = new();
        string path = folder.Make("mine.raw", 12 << 20);

        DiskImage image = new(new GuestDisk { ImagePath = path, SizeMiB = 99 }, 0, 1024, folder.Root);

        Assert.Equal(12 << 20, image.LengthBytes);
        Assert.False(image.IsOurs);
    }

    [Fact]
    public void A_written_image_has_no_holes()
    {
        using TestFolder folder = new();
        DiskImage image = new(new GuestDisk { Medium = DiskMedium.Written, SizeMiB = 3 }, 0, 1024, folder.Root);

        string stat = CosmosKdump.Lab.Setup.HostCommand.Output("stat", "-c", "%b %B", image.Path);

        string[] fields = stat.Trim().Split(' ');
        Assert.True(long.Parse(fields[0]) * long.Parse(fields[1]) >= 3 << 20);
    }

    [Fact]
    public void One_failing_place_is_named_by_its_sector()
    {
        JsonNode node = Node(new GuestDisk { FailWritesAtBytes = 1 << 20 });

        Assert.Equal("blkdebug", (string?)node["driver"]);
        Assert.Equal(2048, (int?)node["inject-error"]![0]!["sector"]);
        Assert.Equal("write", (string?)node["inject-error"]![0]!["iotype"]);
    }

    [Fact]
    public void When_all_writes_fail_no_sector_is_named()
    {
        JsonNode node = Node(new GuestDisk { FailAllWrites = true, FailWritesAtBytes = 1 << 20 });

        Assert.Null(node["inject-error"]![0]!["sector"]);
    }

    [Fact]
    public void A_null_disk_with_a_label_reads_from_the_image_and_writes_to_nowhere()
    {
        JsonNode node = Node(new GuestDisk { Medium = DiskMedium.NullWithLabel, SizeMiB = 4 });

        Assert.Equal("fifo", (string?)node["read-pattern"]);
        Assert.Equal("blkdebug", (string?)node["children"]![0]!["driver"]);
        Assert.Equal("null-co", (string?)node["children"]![1]!["driver"]);
        Assert.Equal(4 << 20, (long?)node["children"]![1]!["size"]);
    }

    [Fact]
    public void A_slow_disk_has_a_limit_that_exists_before_the_disk()
    {
        string[] arguments = Disk(new GuestDisk { BytesPerSecond = 1 });

        Assert.Equal("-object", arguments[0]);
        Assert.Equal(1, (int?)JsonNode.Parse(arguments[1])!["limits"]!["bps-write"]);
        Assert.Equal("throttle", (string?)JsonNode.Parse(arguments[3])!["driver"]);
    }

    private static List<string> Arguments(GuestOptions options) =>
        QemuArguments.Of(options, [], "vmlinuz", "initramfs", "/sockets");

    private static JsonNode Node(GuestDisk disk) => JsonNode.Parse(After([.. Disk(disk)], "-blockdev"))!;

    private static string[] Disk(GuestDisk disk)
    {
        using TestFolder folder = new();
        return new DiskImage(disk, 0, 64, folder.Root).QemuArguments();
    }

    private static string[] Devices(string[] arguments) =>
        [.. arguments.Where((_, i) => i > 0 && arguments[i - 1] == "-device")];

    private static string After(List<string> arguments, string option) => arguments[arguments.IndexOf(option) + 1];
}
