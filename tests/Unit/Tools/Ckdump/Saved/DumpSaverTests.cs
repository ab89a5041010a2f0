using System;
using System.IO;
using System.Linq;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Config;
using CosmosKdump.Ckdump.Extents;
using CosmosKdump.Ckdump.Saved;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump.Saved;

public sealed class DumpSaverTests : SaveFixture
{
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
        string scratch = Path.Combine(Crash, ".saving-00000000-0000-0001-0000-000000000002-5");
        Directory.CreateDirectory(scratch);
        File.WriteAllText(Path.Combine(scratch, "vmcore"), "half of it");
        Assert.Equal(area.Dump, File.ReadAllBytes(Save(area)));
        Assert.Equal([Name], Names());
    }

    [Fact]
    public void WhatAnotherRunFillsJustNowStays()
    {
        AreaImage area = Area();
        using CrashDirectory other = CrashDirectory.Make(Crash, "web1", area.Label);
        string half = Path.Combine(other.Scratch, "vmcore");
        File.WriteAllText(half, "half of it");
        Save(area);
        Assert.Equal("half of it", File.ReadAllText(half));
        Assert.Equal([Path.GetFileName(other.Scratch), Name], Names());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AnAreaThatIsBeingSavedIsNotSavedByAnotherRun(bool keep)
    {
        AreaImage area = Area();
        using (UnsavedDump.Open(area.Path, keep))
        {
            Assert.Contains("another ckdump save is at work", Assert.Throws<ToolException>(() => Save(area)).Message);
            Assert.Contains("another ckdump save", Assert.Throws<ToolException>(() => Save(area, keep: true)).Message);
        }
        Assert.Equal(AreaState.Complete, area.Label.State);
        Save(area);
    }

    [Fact]
    public void TheLockOfAFileIsThereWhileItIsCopied()
    {
        AreaImage area = new(Files, AreaState.Complete, edit: (ref AreaLabel label) => label.IsFile = true);
        // Needs CAP_LINUX_IMMUTABLE, and a file system that has the flag.
        if (!IsLocked(area.Path, set: true))
        {
            return;
        }
        try
        {
            using UnsavedDump dump = UnsavedDump.Open(area.Path, keep: false);
            Assert.True(IsLocked(area.Path));
            dump.Area.WhileWritable(file =>
            {
                Assert.False(IsLocked(area.Path));
                file.WriteLabel(dump.Label.Emptied());
            });
            Assert.True(IsLocked(area.Path));
            Assert.Throws<InvalidOperationException>(() => dump.Area.WhileWritable(_ => throw new InvalidOperationException()));
            Assert.True(IsLocked(area.Path));
            Assert.Equal(AreaState.Prepared, area.Label.State);
        }
        finally
        {
            Unlock(area.Path);
        }
    }

    [Fact]
    public void ANoteWithoutItsVmcoreIsNoSavedDump()
    {
        AreaImage area = Area();
        string first = Save(area, keep: true);
        File.Delete(first);
        string second = Save(area);
        Assert.Equal(Path.Combine(Crash, $"{Name}-2", "vmcore"), second);
        Assert.Equal(area.Dump, File.ReadAllBytes(second));
    }

    [Fact]
    public void AVmcoreThatWasCutIsNoSavedDump()
    {
        AreaImage area = Area();
        using (FileStream first = File.OpenWrite(Save(area, keep: true)))
        {
            first.SetLength(first.Length - 1);
        }
        Assert.Equal(area.Dump, File.ReadAllBytes(Save(area)));
    }

    [Fact]
    public void ADirectoryThatOthersMayWriteToIsNoSavedDump()
    {
        string planted = Path.GetDirectoryName(Save(Area(sequence: 1)))!;
        File.SetUnixFileMode(planted, File.GetUnixFileMode(planted) | UnixFileMode.OtherWrite);
        Assert.Empty(SavedDump.List(Crash));
        Save(Area(sequence: 2, crash: 2), "keep 1");
        Save(Area(sequence: 3, crash: 3), "keep 1");
        Assert.Equal([3UL], SavedDump.List(Crash).Select(each => each.Dump.Sequence));
        Assert.True(Directory.Exists(planted));
    }

    [Fact]
    public void TheNoteFollowsNoLinkAndIsForItsOwnerAlone()
    {
        string directory = Path.GetDirectoryName(Save(Area()))!;
        string note = Path.Combine(directory, SavedDump.FileName);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(note));
        SavedDump saved = SavedDump.Read(directory)!;
        File.Delete(note);
        string precious = Files.Make("precious", 5);
        File.CreateSymbolicLink(note, precious);
        Assert.Throws<IOException>(() => saved.Write(directory));
        Assert.Equal(5, new FileInfo(precious).Length);
    }

    [Fact]
    public void AnAreaThatWasBeingEmptiedIsFreedByTheDumpThatWasSaved()
    {
        AreaImage area = Area();
        string first = Save(area, keep: true);
        area.Overwrite(0, new byte[AreaLabel.BlankBytes]);
        Assert.Equal(first, Save(area));
        Assert.Equal([Name], Names());
        Assert.Equal(AreaState.Prepared, area.Label.State);
    }

    [Fact]
    public void WhatElseWasWrittenOverASavedDumpStays()
    {
        AreaImage area = Area();
        Save(area, keep: true);
        area.Overwrite(0, "XFSB"u8);
        Assert.Contains("something else", Assert.Throws<ToolException>(() => Save(area)).Message);
        Assert.Equal(AreaState.Complete, area.Label.State);
    }

    [Fact]
    public void ADumpThatWasSavedBeforeItsAreaWasMarkedIsNotSavedTwice()
    {
        AreaImage area = Area();
        string first = Save(area, keep: true);
        Assert.Equal(AreaState.Complete, area.Label.State);
        Assert.Equal(first, Save(area));
        Assert.Equal([Name], Names());
        Assert.Contains("was saved already", Told.ToString());
        Assert.Equal(AreaState.Prepared, area.Label.State);
    }

    [Fact]
    public void TheHookGetsTheDirectoryAsItsLastArgument()
    {
        string script = Script("printf '%s|' \"$@\" > $(dirname $0)/seen");
        Save(Area(), $"hook {script} -v");
        Assert.Equal($"-v|{Path.Combine(Crash, Name)}|", File.ReadAllText(Files.PathOf("seen")));
        Assert.Equal("", Told.ToString());
    }

    [Fact]
    public void WhatAHookWritesIsNoPartOfTheCommandsOutput()
    {
        // In a substitution, as a redirection would be the shell's own for that moment.
        Save(Area(), $"hook {Script("seen=$(readlink /proc/$$/fd/1 /proc/$$/fd/2); echo $seen > $(dirname $0)/seen")}");
        string[] seen = File.ReadAllText(Files.PathOf("seen")).Trim().Split(' ');
        Assert.Equal(2, seen.Length);
        Assert.Equal(new FileInfo("/proc/self/fd/2").LinkTarget, seen[1]);
        Assert.Equal(seen[1], seen[0]);
    }

    [Theory]
    [InlineData("exit 7", "exit code 7")]
    [InlineData("sleep 100", "ended after 1 s (hook_timeout)")]
    public void AHookThatFailsIsToldAndTheDumpStaysSaved(string body, string what)
    {
        AreaImage area = Area();
        Save(area, $"hook {Script(body)}\nhook_timeout 1");
        Assert.Contains(what, Told.ToString());
        Assert.Equal(AreaState.Prepared, area.Label.State);
    }

    [Fact]
    public void AHookThatIsNotThereIsTold()
    {
        Save(Area(), "hook /none/hook");
        Assert.Contains("hook /none/hook: ", Told.ToString());
    }

    [Theory]
    [InlineData("web1.example", "web1.example-2023-11-14-22-13-20")]
    [InlineData("../../etc", "etc-2023-11-14-22-13-20")]
    [InlineData("", "localhost-2023-11-14-22-13-20")]
    public void TheHostIsNoPath(string host, string expected) => Assert.Equal(expected, CrashDirectory.Name(host, Area().Label));

    private string Script(string body)
    {
        string path = Files.PathOf("hook.sh");
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private static bool IsLocked(string path, bool set = false)
    {
        using SafeFileHandle file = Posix.Open(path, write: false, exclusive: false);
        try
        {
            if (set)
            {
                FileCalls.SetFlags(file, path, FileCalls.FlagsOf(file) | FileCalls.Immutable);
            }
        }
        catch (IOException)
        {
            return false;
        }
        return (FileCalls.FlagsOf(file) & FileCalls.Immutable) != 0;
    }

    private static void Unlock(string path)
    {
        using SafeFileHandle file = Posix.Open(path, write: false, exclusive: false);
        FileCalls.SetFlags(file, path, FileCalls.FlagsOf(file) & ~FileCalls.Immutable);
    }
}
