using System;
using System.IO;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump.Load;

public sealed class MountPointsTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly FakeMachine _machine;

    public MountPointsTests()
    {
        _machine = new FakeMachine(_folder);
        _machine.Set("etc/fstab", """
            # /dev/vde /commented ext4 defaults 0 0
            UUID=1 / ext4 defaults 0 1
            UUID=2 none swap sw 0 0
            /dev/vdb  /srv/dumps   xfs   nofail 0 0
            /dev/vdc /mnt/with\040space/ ext4 defaults,nofail 0 2
            /dev/vdd /var ext4 defaults 0 2
            """);
        _machine.Set("proc/self/mounts", "/dev/vda / ext4 rw 0 0\n/dev/vdd /var ext4 rw 0 0");
    }

    public void Dispose() => _folder.Dispose();

    private string? Missing(string path) => new MountPoints(_machine.Root).MissingFor(path);

    [Theory]
    [InlineData("/srv/dumps", "/srv/dumps")]
    [InlineData("/srv/dumps/", "/srv/dumps")]
    [InlineData("/srv/dumps/host/area", "/srv/dumps")]
    [InlineData("/srv/../srv/dumps/area", "/srv/dumps")]
    [InlineData("/mnt/with space/area", "/mnt/with space")]
    [InlineData("/srv/dumps2/area", null)]
    [InlineData("/srv", null)]
    [InlineData("/var/crash", null)]
    [InlineData("/commented/x", null)]
    [InlineData("/none", null)]
    public void APathBelowAMountPointNeedsTheMount(string path, string? expected) => Assert.Equal(expected, Missing(path));

    [Fact]
    public void OnceMountedItIsNoLongerMissing()
    {
        Assert.Contains("/srv/dumps of /etc/fstab is not mounted",
            Assert.Throws<ToolException>(() => new MountPoints(_machine.Root).RequireFor("/srv/dumps/x")).Message);
        _machine.Set("proc/self/mounts", "/dev/vdb /srv/dumps xfs rw 0 0\n/dev/vdc /mnt/with\\040space ext4 rw 0 0");
        new MountPoints(_machine.Root).RequireFor("/srv/dumps/x");
        Assert.Null(Missing("/mnt/with space"));
        Assert.Equal("/var", Missing("/var/crash"));
    }

    [Fact]
    public void ALinkLeadsToTheMountPoint()
    {
        string mount = Directory.CreateDirectory(_folder.PathOf("mount")).FullName;
        Directory.CreateSymbolicLink(_folder.PathOf("link"), mount);
        _machine.Set("etc/fstab", $"/dev/vdb {mount} xfs nofail 0 0");
        Assert.Equal(mount, Missing(_folder.PathOf("link/host/new")));
    }

    [Fact]
    public void WithoutAnFstabNothingIsMissing()
    {
        _machine.Remove("etc/fstab");
        Assert.Null(Missing("/srv/dumps"));
    }
}
