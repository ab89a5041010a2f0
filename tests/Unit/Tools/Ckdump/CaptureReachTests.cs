using System;
using CosmosKdump.Tests.Unit.Capture.Area;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

public sealed class CaptureReachTests : IDisposable
{
    private const string Number = "259:0";
    private const string Part = "259:1";

    private readonly TestFolder _folder = new();
    private readonly FakeSystem _system;

    public CaptureReachTests()
    {
        _system = new FakeSystem(_folder);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_NVMe_disk_is_found()
    {
        _system.Nvme(Number);
        Assert.Null(_system.Find(Number));
    }

    [Fact]
    public void A_virtio_disk_is_found()
    {
        _system.Virtio(Number);
        Assert.Null(_system.Find(Number));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(255, 16383)]
    public void A_disk_on_virtio_scsi_is_found(int target, ulong lun)
    {
        _system.VirtioScsi(Number, target, lun);
        Assert.Null(_system.Find(Number));
    }

    [Fact]
    public void A_disk_on_virtio_scsi_that_one_number_cannot_name_is_refused()
    {
        _system.VirtioScsi(Number, 1, 0x4001_0002);
        Assert.Contains("LUN 1073807362 of its target", _system.Find(Number));
    }

    [Fact]
    public void Virtio_scsi_without_PCI_is_refused()
    {
        _system.VirtioScsi(Number, bus: "devices/platform/a000000.virtio_mmio");
        Assert.Contains("not on PCI", _system.Find(Number));
    }

    [Theory]
    [InlineData("0x010601", 0, null)]
    [InlineData("0x010601", 3, "behind a SATA port multiplier")]
    [InlineData("0x010400", 0, "an ATA controller of class 0x010400")]
    [InlineData("0x01018a", 0, "choose AHCI for it in the firmware's set-up")]
    public void A_SATA_disk_is_found_on_an_AHCI_controller(string mode, int channel, string? what)
    {
        _system.Sata(Number, mode, channel);
        if (what is null)
        {
            Assert.Null(_system.Find(Number));
        }
        else
        {
            Assert.Contains(what, _system.Find(Number));
        }
    }

    [Fact]
    public void An_NVMe_disk_with_multipath_is_found_through_its_controller()
    {
        const string Subsystem = "devices/virtual/nvme-subsystem/nvme-subsys0";
        const string Controller = $"{FakeSystem.Pci}/nvme/nvme0";
        _system.Attribute($"{Controller}/transport", "pcie");
        _system.Attribute($"{Controller}/nvme0c0n1/nsid", "1");
        _system.Attribute($"{Subsystem}/nvme0n1/nsid", "1");
        _system.Link($"{Subsystem}/nvme0", Controller);
        _system.Disk(Number, $"{Subsystem}/nvme0n1", Subsystem);
        Assert.Null(_system.Find(Number));
        _system.Attribute($"{Controller}/transport", "tcp");
        Assert.Contains("NVMe disk over tcp", _system.Find(Number));
    }

    [Theory]
    [InlineData("sda", "a SCSI or USB disk")]
    [InlineData("md0", "an md array")]
    [InlineData("loop0", "a loop device")]
    [InlineData("dm-3", "a device-mapper volume")]
    [InlineData("mmcblk0", "another kind (mmcblk0)")]
    public void A_disk_without_a_driver_is_named(string name, string what)
    {
        _system.Disk(Number, $"devices/virtual/block/{name}", $"{FakeSystem.Pci}/host0");
        Assert.Contains(what, _system.Find(Number));
    }

    [Theory]
    [InlineData("LVM-abc", "an LVM volume")]
    [InlineData("CRYPT-LUKS2-abc", "a dm-crypt volume")]
    public void A_mapped_volume_is_named_for_what_it_is(string uuid, string what)
    {
        _system.Disk(Number, "devices/virtual/block/dm-0", "devices/virtual");
        _system.Attribute("devices/virtual/block/dm-0/dm/uuid", uuid);
        Assert.Contains(what, _system.Find(Number));
    }

    [Fact]
    public void Another_PCI_segment_is_refused()
    {
        _system.Nvme(Number, "devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0");
        Assert.Contains("PCI segment 10000", _system.Find(Number));
    }

    [Fact]
    public void Virtio_without_PCI_is_refused()
    {
        _system.Virtio(Number, "devices/platform/a000000.virtio_mmio");
        Assert.Contains("not on PCI", _system.Find(Number));
    }

    [Fact]
    public void Virtio_over_MMIO_is_found_where_the_command_line_tells_of_it()
    {
        _system.Virtio(Number, "devices/virtio-mmio-cmdline/virtio-mmio.0");
        Assert.Null(_system.Find(Number));
    }

    [Fact]
    public void Blocks_that_the_capture_kernel_cannot_write_are_refused()
    {
        string disk = _system.Nvme(Number, blockBytes: 8192);
        Assert.Contains("blocks of 8192 bytes", _system.Find(Number));
        _system.Attribute($"{disk}/queue/logical_block_size", "4096");
        Assert.Null(_system.Find(Number));
        _system.Attribute($"{disk}/metadata_bytes", "8");
        Assert.Contains("metadata", _system.Find(Number));
    }

    [Fact]
    public void Only_the_first_128_namespaces_are_found()
    {
        for (int id = 1; id <= 129; id++)
        {
            _system.Nvme($"259:{id}", id: id);
        }
        Assert.Null(_system.Find("259:128"));
        Assert.Contains("first 128 namespaces", _system.Find("259:129"));
    }

    [Theory]
    [InlineData("gpt-512", 512u, 4096UL, 100UL)]
    [InlineData("gpt-4096", 4096u, 4096UL, 104UL)]
    [InlineData("mbr", 512u, 9000UL, 1000UL)]
    [InlineData("mbr-logical", 512u, 4096UL, 2048UL)]
    public void Partitions_that_the_capture_kernel_reads_are_found(
        string table, uint blockBytes, ulong start, ulong size)
    {
        MakePartition(table, blockBytes, start, size);
        Assert.Null(_system.Find(Part));
    }

    [Theory]
    [InlineData("mbr", 3000UL, 500UL)]
    [InlineData("gpt-512", 4096UL, 99UL)]
    public void A_partition_that_is_not_in_the_table_is_refused(string table, ulong start, ulong size)
    {
        MakePartition(table, 512, start, size);
        Assert.Contains("not in the partition table", _system.Find(Part));
    }

    [Fact]
    public void A_partition_of_a_disk_without_a_driver_is_refused()
    {
        const string Disk = "devices/pci0000:00/ata1/block/sda";
        _system.Disk(Number, Disk, "devices/pci0000:00/ata1/host0");
        _system.Partition(Part, Disk, 64, 2048);
        Assert.Contains("a SCSI or USB disk", _system.Find(Part));
    }

    [Fact]
    public void A_damaged_table_is_told()
    {
        byte[] medium = PartitionTableTests.Load("gpt-512", 512).Medium;
        medium[512 + 40] ^= 1;
        _system.Partition(Part, _system.Nvme(Number), 4096, 100);
        _system.DeviceFile("nvme0n1", medium);
        Assert.Contains("nvme0n1: ", _system.Find(Part));
    }

    [Fact]
    public void A_device_that_sysfs_does_not_know_is_refused() => Assert.Contains("no device", _system.Find("8:1"));

    private void MakePartition(string table, uint blockBytes, ulong start, ulong size)
    {
        _system.Partition(Part, _system.Nvme(Number, blockBytes: blockBytes), start, size);
        _system.DeviceFile("nvme0n1", PartitionTableTests.Load(table, blockBytes).Medium);
    }
}
