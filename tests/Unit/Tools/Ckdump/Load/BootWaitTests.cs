using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Config;
using CosmosKdump.Ckdump.Load;
using CosmosKdump.Ckdump.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump.Load;

public sealed class BootWaitTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly List<(string Path, AreaLabel Label)> _areas = [];
    private readonly HashSet<string> _hosts = [];

    public void Dispose() => _folder.Dispose();

    private string[] Missing(string text)
    {
        BootWait wait = new(new MountPoints(_folder.Root), () => _areas, _hosts.Contains);
        return [.. wait.Missing(ConfigReader.Read("ckdump.conf", text)).Select(target => target.ToString())];
    }

    [Theory]
    [InlineData("")]
    [InlineData("disk")]
    [InlineData("serial ttyS0")]
    public void WhoNamesNothingWaitsForNothing(string text) => Assert.Empty(Missing(text));

    [Fact]
    public void ADiskThatHasNotComeYetIsMissing()
    {
        string path = _folder.PathOf("crash");
        Assert.Equal(["raw " + path], Missing($"raw {path}\nserial ttyS0"));
        _folder.Make("crash", 65536);
        Assert.Empty(Missing($"raw {path}\nserial ttyS0"));
    }

    [Fact]
    public void AnAreaOfAnyDiskIsKnownByItsUuid()
    {
        AreaLabel label = AreaLabel.Create(AreaFile.NewUuid(), 65536);
        string line = "disk " + AreaUuidText.Of(label.Uuid).ToUpperInvariant();
        Assert.Equal([line], Missing(line));
        _areas.Add(("/dev/x", label));
        Assert.Empty(Missing(line));
    }

    [Fact]
    public void AFileIsMissingUntilItsFileSystemIsMounted()
    {
        string mount = Directory.CreateDirectory(_folder.PathOf("srv")).FullName;
        string file = _folder.Make("srv/area", 65536);
        Assert.Empty(Missing("file " + file));
        Directory.CreateDirectory(_folder.PathOf("etc"));
        File.WriteAllText(_folder.PathOf("etc/fstab"), $"/dev/vdb {mount} xfs nofail 0 0\n");
        Assert.Equal(["file " + file], Missing("file " + file));
    }

    [Fact]
    public void AHostWhoseNameHasNoAddressYetIsMissing()
    {
        Assert.Equal(["tcp collector:7000", "http web/dumps"], Missing("tcp collector:7000\nhttp http://web/dumps"));
        _hosts.UnionWith(["collector", "web"]);
        Assert.Empty(Missing("tcp collector:7000\nhttp http://web/dumps"));
    }

    [Theory]
    [InlineData(0, 10, 0, 0)]
    [InlineData(3, 10, 3, 0)]
    [InlineData(11, 10, 10, 1)]
    public void ItWaitsUntilNothingIsMissingOrTheTimeIsOver(int comesAfter, int most, int expectedWaits, int left)
    {
        int waits = 0;
        IReadOnlyList<int> missing = BootWait.Until<int>(() => waits >= comesAfter ? [] : [1], () => waits < most && ++waits > 0);
        Assert.Equal((expectedWaits, left), (waits, missing.Count));
    }

    [Fact]
    public void WithoutATimeItLooksOnce()
    {
        int looks = 0;
        Assert.Single(BootWait.Until<int>(TimeSpan.Zero, () => [++looks]));
        Assert.Equal(1, looks);
    }
}
