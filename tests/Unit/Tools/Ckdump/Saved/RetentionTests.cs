using System.IO;
using System.Linq;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Config;
using CosmosKdump.Ckdump.Saved;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump.Saved;

public sealed class RetentionTests : SaveFixture
{
    [Fact]
    public void AFullDiskLeavesTheDumpInItsAreaAndNothingElse()
    {
        AreaImage area = Area();
        Free = 100;
        ToolException failure = Assert.Throws<ToolException>(() => Save(area));
        Assert.Equal($"{Crash}: no room: the dump needs 4.5 MiB, 100 B are free; the dump stays in its area: make room, then "
            + "run ckdump save", failure.Message);
        Assert.False(Directory.Exists(Crash));
        Assert.Equal(AreaState.Complete, area.Label.State);
    }

    [Fact]
    public void SpaceThatIsToStayFreeIsLeft()
    {
        AreaImage area = Area();
        Free = 10 << 20;
        Assert.Contains("102.4 MiB are to stay free", Assert.Throws<ToolException>(() => Save(area, "min_free 10%")).Message);
        Free = 200 << 20;
        Save(area, "min_free 10%");
    }

    [Fact]
    public void TheOldestDumpsGoAndNeverTheNewOneNorWhatOthersMade()
    {
        string others = Path.Combine(Crash, "web1-2020-01-01-00-00-00");
        Directory.CreateDirectory(others);
        for (ulong i = 1; i <= 4; i++)
        {
            Save(Area(sequence: i, crash: i), "keep 2");
        }
        Assert.Equal([3UL, 4UL], SavedDump.List(Crash).Select(each => each.Dump.Sequence));
        Assert.Equal(3, Names().Length);
        Assert.Contains("-21: removed, 2 dumps are kept", Told.ToString());
        Save(Area(sequence: 9, crash: 9), "keep 1");
        Assert.Equal([9UL], SavedDump.List(Crash).Select(each => each.Dump.Sequence));
        Assert.True(Directory.Exists(others));
    }

    [Theory]
    [InlineData("keep 9")]
    [InlineData("min_free 1M")]
    public void OldDumpsMakeRoomForANewOneWhereTheyMayGo(string config)
    {
        Save(Area(sequence: 1));
        AddBallast(Name);
        Save(Area(sequence: 2));
        AddBallast($"{Name}-2");
        FreeOnceGone(Name, config);
        Save(Area(sequence: 3), config);
        // The oldest has gone, and the new one has its own name.
        Assert.Equal([$"{Name}-2", $"{Name}-3"], Names());
        Assert.Contains($"{Name}: removed, to make room", Told.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("hook_timeout 5")]
    public void WithoutKeepAndMinFreeNoDumpGoes(string config)
    {
        Save(Area(sequence: 1));
        AddBallast(Name);
        Save(Area(sequence: 2));
        FreeOnceGone(Name, config);
        AreaImage area = Area(sequence: 3);
        Assert.Contains("no room", Assert.Throws<ToolException>(() => Save(area, config)).Message);
        Assert.Equal([Name, $"{Name}-2"], Names());
        Assert.Equal(AreaState.Complete, area.Label.State);
    }

    [Fact]
    public void NoDumpGoesForOneThatDoesNotFitEvenThen()
    {
        Save(Area(sequence: 1));
        Save(Area(sequence: 2));
        Save(Area(sequence: 3));
        Free = 0;
        Assert.Contains("no room", Assert.Throws<ToolException>(() => Save(Area(sequence: 4), "keep 9")).Message);
        Assert.Equal([Name, $"{Name}-2", $"{Name}-3"], Names());
    }

    [Fact]
    public void TheNewestDumpDoesNotGoForRoom()
    {
        Save(Area(sequence: 1));
        AddBallast(Name);
        FreeOnceGone(Name, "keep 9");
        Assert.Contains("no room", Assert.Throws<ToolException>(() => Save(Area(sequence: 2), "keep 9")).Message);
        Assert.Equal([Name], Names());
    }

    [Fact]
    public void ZerosNeedNoRoom()
    {
        // 1 MiB, half of it zeros, and 4 MiB for what lies beside it.
        Free = (4 << 20) + (600 << 10);
        Save(Area());
        Free = (4 << 20) + (400 << 10);
        Assert.Throws<ToolException>(() => Save(Area(sequence: 4)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void APartOfACrashDoesNotTakeTheWholeDumpsPlace(bool inOneRun)
    {
        Retention OneRun() => new(Crash, 1, default, () => (Free, 1 << 30), Told);
        Run = OneRun();
        Save(Area(sequence: 1), "keep 1");
        Run = inOneRun ? Run : OneRun();
        Save(Area(sequence: 2, state: AreaState.Incomplete), "keep 1");
        Assert.Equal([true, false], SavedDump.List(Crash).Select(each => each.Dump.IsComplete));
    }

    [Fact]
    public void ALinkIsNotFollowedWhenOldDumpsGo()
    {
        string precious = Path.GetDirectoryName(Files.Make("precious", 1))!;
        Save(Area(sequence: 1));
        Directory.CreateSymbolicLink(Path.Combine(Crash, Name, "link"), precious);
        Directory.CreateSymbolicLink(Path.Combine(Crash, "linked"), Path.Combine(Crash, Name));
        Save(Area(sequence: 2, crash: 2), "keep 1");
        Assert.True(File.Exists(Files.PathOf("precious")));
        Assert.Equal(["linked", "web1-2023-11-14-22-13-22"], Names());
    }

    private void AddBallast(string name) => File.WriteAllBytes(Path.Combine(Crash, name, "ballast"), new byte[8 << 20]);

    // The directory that goes frees enough.
    private void FreeOnceGone(string name, string config)
    {
        DumpConfig settings = ConfigReader.Read("c", config);
        Run = new Retention(Crash, settings.Keep, settings.MinimumFree,
            () => (Directory.Exists(Path.Combine(Crash, name)) ? 0 : 1 << 30, 1 << 30), Told);
    }
}
