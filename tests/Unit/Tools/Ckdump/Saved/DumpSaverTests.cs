using System;
using System.IO;
using System.Linq;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Config;
using CosmosKdump.Ckdump.Saved;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump.Saved;

public sealed class DumpSaverTests : IDisposable
{
    private const string Name = "web1-2023-11-14-22-13-20";
    private readonly TestFolder _folder = new();
    private readonly StringWriter _told = new();
    private long _free = 1 << 30;

    public void Dispose() => _folder.Dispose();

    private string Crash => _folder.PathOf("crash");

    private AreaImage Area(ulong sequence = 3, AreaState state = AreaState.Complete) =>
        new(_folder, state, edit: (ref AreaLabel label) => label.Sequence = sequence);

    private string Save(AreaImage area, string config = "", bool keep = false)
    {
        DumpConfig settings = ConfigReader.Read("c", $"path {Crash}\n{config}");
        Assert.Empty(settings.Problems);
        using UnsavedDump dump = UnsavedDump.Open(area.Path, keep);
        Retention retention = new(Crash, settings.Keep, settings.MinimumFree, () => (_free, 1 << 30), _told);
        return new DumpSaver(settings, "web1", retention, _told).Save(dump, keep);
    }

    private string[] Names() => [.. Directory.GetFileSystemEntries(Crash).Select(each => Path.GetFileName(each)!).Order()];

    [Fact]
    public void TheDumpHasItsMessagesAndAReportBesideIt()
    {
        AreaImage area = Area();
        string vmcore = Save(area);
        Assert.Equal(Path.Combine(Crash, Name, "vmcore"), vmcore);
        Assert.Equal(area.Dump, File.ReadAllBytes(vmcore));
        Assert.Equal([Name], Names());
        Assert.Equal([".ckdump.json", "report.txt", "vmcore", "vmcore-dmesg.txt"],
            Directory.GetFiles(Path.Combine(Crash, Name)).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        string report = File.ReadAllText(Path.Combine(Crash, Name, "report.txt"));
        Assert.StartsWith("dump          complete\ncrashed       2023-11-14 22:13:20 UTC\n", report);
        Assert.Equal(AreaState.Prepared, area.Label.State);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.Combine(Crash, Name)));
    }

    [Fact]
    public void AnIncompleteDumpSaysSoInItsNameAndItsReport()
    {
        string vmcore = Save(Area(state: AreaState.Incomplete));
        Assert.EndsWith("/vmcore-incomplete", vmcore);
        Assert.StartsWith("dump          INCOMPLETE: ", File.ReadAllText(Path.Combine(Crash, Name, "report.txt")));
        Assert.False(Assert.Single(SavedDump.List(Crash)).Dump.IsComplete);
    }

    [Fact]
    public void WhatAnInterruptedRunHasLeftIsRemovedAndTheDumpCopiedAnew()
    {
        AreaImage area = Area();
        string scratch = Path.Combine(Crash, ".saving-00000000-0000-0001-0000-000000000002");
        Directory.CreateDirectory(scratch);
        File.WriteAllText(Path.Combine(scratch, "vmcore"), "half of it");
        Assert.Equal(area.Dump, File.ReadAllBytes(Save(area)));
        Assert.Equal([Name], Names());
    }

    [Fact]
    public void ADumpThatWasSavedBeforeItsAreaWasMarkedIsNotSavedTwice()
    {
        AreaImage area = Area();
        string first = Save(area, keep: true);
        Assert.Equal(AreaState.Complete, area.Label.State);
        Assert.Equal(first, Save(area));
        Assert.Equal([Name], Names());
        Assert.Contains("was saved already", _told.ToString());
        Assert.Equal(AreaState.Prepared, area.Label.State);
    }

    [Fact]
    public void AFullDiskLeavesTheDumpInItsAreaAndNothingElse()
    {
        AreaImage area = Area();
        _free = 100;
        ToolException failure = Assert.Throws<ToolException>(() => Save(area));
        Assert.Equal($"{Crash}: no room: 100 B are free; the dump stays in its area: make room, then run ckdump save", failure.Message);
        Assert.False(Directory.Exists(Crash));
        Assert.Equal(AreaState.Complete, area.Label.State);
    }

    [Fact]
    public void SpaceThatIsToStayFreeIsLeft()
    {
        AreaImage area = Area();
        _free = 10 << 20;
        Assert.Contains("102.4 MiB are to stay free", Assert.Throws<ToolException>(() => Save(area, "min_free 10%")).Message);
        _free = 200 << 20;
        Save(area, "min_free 10%");
    }

    [Fact]
    public void TheOldestDumpsGoAndNeverTheNewOneNorWhatOthersMade()
    {
        string others = Path.Combine(Crash, "web1-2020-01-01-00-00-00");
        Directory.CreateDirectory(others);
        for (ulong i = 1; i <= 4; i++)
        {
            Save(Area(sequence: i), "keep 2");
        }
        Assert.Equal([3UL, 4UL], SavedDump.List(Crash).Select(each => each.Dump.Sequence));
        Assert.Equal(3, Names().Length);
        Assert.Contains($"{Name}: removed, 2 dumps are kept", _told.ToString());
        Save(Area(sequence: 9), "keep 1");
        Assert.Equal([9UL], SavedDump.List(Crash).Select(each => each.Dump.Sequence));
        Assert.True(Directory.Exists(others));
    }

    [Fact]
    public void OldDumpsMakeRoomForANewOne()
    {
        Save(Area(sequence: 1));
        Save(Area(sequence: 2));
        DumpConfig settings = ConfigReader.Read("c", $"path {Crash}");
        AreaImage area = Area(sequence: 3);
        using UnsavedDump dump = UnsavedDump.Open(area.Path, keep: false);
        // Each dump that goes frees enough.
        Retention retention = new(Crash, 0, default,
            () => (Directory.Exists(Path.Combine(Crash, Name)) ? 0 : 1 << 30, 1 << 30), _told);
        new DumpSaver(settings, "web1", retention, _told).Save(dump, keep: false);
        // The oldest has gone, and the new one has its own name.
        Assert.Equal([$"{Name}-2", $"{Name}-3"], Names());
        Assert.Contains($"{Name}: removed, to make room", _told.ToString());
    }

    [Fact]
    public void ALinkIsNotFollowedWhenOldDumpsGo()
    {
        string precious = Path.GetDirectoryName(_folder.Make("precious", 1))!;
        Save(Area(sequence: 1));
        Directory.CreateSymbolicLink(Path.Combine(Crash, Name, "link"), precious);
        Directory.CreateSymbolicLink(Path.Combine(Crash, "linked"), Path.Combine(Crash, Name));
        Save(Area(sequence: 2), "keep 1");
        Assert.True(File.Exists(_folder.PathOf("precious")));
        Assert.Equal(["linked", $"{Name}-2"], Names());
    }

    [Fact]
    public void TheHookGetsTheDirectoryAsItsLastArgument()
    {
        string script = Script("printf '%s|' \"$@\" > $(dirname $0)/seen");
        Save(Area(), $"hook {script} -v");
        Assert.Equal($"-v|{Path.Combine(Crash, Name)}|", File.ReadAllText(_folder.PathOf("seen")));
        Assert.Equal("", _told.ToString());
    }

    [Theory]
    [InlineData("exit 7", "exit code 7")]
    [InlineData("sleep 100", "ended after 1 s (hook_timeout)")]
    public void AHookThatFailsIsToldAndTheDumpStaysSaved(string body, string what)
    {
        AreaImage area = Area();
        Save(area, $"hook {Script(body)}\nhook_timeout 1");
        Assert.Contains(what, _told.ToString());
        Assert.Equal(AreaState.Prepared, area.Label.State);
    }

    [Fact]
    public void AHookThatIsNotThereIsTold()
    {
        Save(Area(), "hook /none/hook");
        Assert.Contains("hook /none/hook: ", _told.ToString());
    }

    [Theory]
    [InlineData("web1.example", "web1.example-2023-11-14-22-13-20")]
    [InlineData("../../etc", "etc-2023-11-14-22-13-20")]
    [InlineData("", "localhost-2023-11-14-22-13-20")]
    public void TheHostIsNoPath(string host, string expected) => Assert.Equal(expected, CrashDirectory.Name(host, Area().Label));

    private string Script(string body)
    {
        string path = _folder.PathOf("hook.sh");
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
