using System;
using System.Linq;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Extents;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump.Extents;

public sealed class DiskResolverTests : IDisposable
{
    private const string Disk = "259:0";
    private const string Part = "259:1";
    private const string Volume = "254:0";
    private const ulong MiB = 1 << 20;

    private readonly TestFolder _folder = new();
    private readonly FakeSystem _system;
    private readonly FakeMapper _mapper = new();

    public DiskResolverTests()
    {
        _system = new FakeSystem(_folder);
        string disk = _system.Nvme(Disk);
        _system.Attribute($"{disk}/dev", Disk);
        _system.Partition(Part, disk, 2048, 1 << 20);
        _system.Attribute("devices/virtual/block/dm-0/dm/name", "vg-crash");
        _system.Link($"dev/block/{Volume}", "devices/virtual/block/dm-0");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_on_a_whole_disk_lies_where_the_file_system_says()
    {
        DiskExtents found = Resolve(Disk, new FileExtent(0, 5 * MiB, MiB));
        Assert.Equal((Disk, "nvme0n1"), (found.Number, found.Name));
        Assert.Equal([(0UL, 5 * MiB, MiB)], Numbers(found));
    }

    [Fact]
    public void A_partition_s_start_is_added() =>
        Assert.Equal([(0UL, 6 * MiB, MiB), (MiB, MiB + 4096, 8192UL)],
            Numbers(Resolve(Part, new FileExtent(0, 5 * MiB, MiB), new FileExtent(MiB, 4096, 8192))));

    [Fact]
    public void A_linear_volume_is_followed_and_its_extents_are_split()
    {
        _mapper.Volumes[Volume] = [new(0, 4096, "linear", Part + " 8192"), new(4096, 4096, "linear", Part + " 0")];
        Assert.Equal([(0UL, 6 * MiB, MiB), (MiB, MiB, MiB)],
            Numbers(Resolve(Volume, new FileExtent(0, MiB, 2 * MiB))));
    }

    [Theory]
    [InlineData("crypt", "aes 0 259:1 0")]
    [InlineData("thin", "253:2 1")]
    [InlineData("striped", "2 128 259:1 0 259:2 0")]
    [InlineData("snapshot", "259:1 259:2 P 8")]
    [InlineData("linear", "/dev/sda 0")]
    public void A_volume_that_is_not_linear_there_is_refused_by_its_name(string type, string arguments)
    {
        _mapper.Volumes[Volume] = [new(0, 4096, "linear", Part + " 0"), new(4096, 4096, type, arguments)];
        _ = Resolve(Volume, new FileExtent(0, 0, 2 * MiB));
        string message = Refused(Volume, new FileExtent(0, 0, (2 * MiB) + 4096));
        Assert.Contains("vg-crash (dm-0), which is not linear", message);
        Assert.Contains(type, message);
    }

    [Fact]
    public void What_a_volume_does_not_map_is_refused()
    {
        _mapper.Volumes[Volume] = [new(0, 4096, "linear", Part + " 0")];
        Assert.Contains("beyond", Refused(Volume, new FileExtent(0, MiB, 2 * MiB)));
    }

    [Fact]
    public void Volumes_in_a_circle_end()
    {
        _mapper.Volumes[Volume] = [new(0, 4096, "linear", Volume + " 0")];
        Assert.Contains("layers", Refused(Volume, new FileExtent(0, 0, MiB)));
    }

    [Theory]
    [InlineData("md", "an md array (md0)")]
    [InlineData("loop", "a loop device (md0)")]
    [InlineData("bcache", "a bcache device (md0)")]
    public void Devices_that_are_no_disks_are_refused(string kind, string what)
    {
        _system.Attribute($"devices/virtual/block/md0/{kind}/level", "raid1");
        _system.Link("dev/block/9:0", "devices/virtual/block/md0");
        Assert.Contains(what, Refused("9:0", new FileExtent(0, 0, MiB)));
    }

    [Fact]
    public void A_file_on_two_disks_is_refused()
    {
        _system.Attribute("devices/virtual/block/vdb/dev", "252:16");
        _system.Link("dev/block/252:16", "devices/virtual/block/vdb");
        _mapper.Volumes[Volume] = [new(0, 4096, "linear", Part + " 0"), new(4096, 4096, "linear", "252:16 0")];
        Assert.Contains("more than one disk (nvme0n1 and vdb)", Refused(Volume, new FileExtent(0, MiB, 2 * MiB)));
    }

    [Fact]
    public void A_device_without_blocks_is_refused() =>
        Assert.Contains("no block device (device 0:42)", Refused("0:42", new FileExtent(0, 0, MiB)));

    private DiskExtents Resolve(string number, params FileExtent[] extents) =>
        new DiskResolver(_folder.PathOf("sys"), _mapper).Resolve("area", number, extents);

    private string Refused(string number, params FileExtent[] extents) =>
        Assert.Throws<ToolException>(() => Resolve(number, extents)).Message;

    private static (ulong, ulong, ulong)[] Numbers(DiskExtents found) =>
        [.. found.Extents.Select(each => (each.FileBytes, each.DiskBytes, each.LengthBytes))];
}
