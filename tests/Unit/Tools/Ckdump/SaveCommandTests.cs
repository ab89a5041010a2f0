using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Commands;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

public sealed class SaveCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheDumpIsCopiedAndTheAreaIsFreeAgain()
    {
        var area = new AreaImage(_folder, AreaState.Complete);
        string file = _folder.PathOf("vmcore");
        string text = CkdumpRun.Good("save", area.Path, "-o", file);
        Assert.Equal($"{file}: 1.0 MiB, crash of 2023-11-14 22:13:20 UTC, complete\n", text);
        Assert.Equal(area.Dump, File.ReadAllBytes(file));
        Assert.Equal(AreaState.Prepared, area.Label.State);
        Assert.Equal(4UL, area.Label.Sequence);
        Assert.Equal(0UL, area.Label.DumpLengthBytes);
        Assert.True(File.ReadAllBytes(area.Path).AsSpan(0, AreaLabel.BlankBytes).IndexOfAnyExcept((byte)0) < 0);
    }

    [Fact]
    public void AFileOfTheNameOfStandardOutputIsNotMade()
    {
        var area = new AreaImage(_folder, AreaState.Complete);
        CkdumpRun run = CkdumpRun.Of("save", area.Path, "-o", "-");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("convert -F", run.Error);
        Assert.Equal(AreaState.Complete, area.Label.State);
    }

    [Fact]
    public void OfTwoAreasWithOneUuidTheOneWithADumpIsSaved()
    {
        var empty = new AreaImage(_folder, AreaState.Prepared, name: "empty.img");
        var area = new AreaImage(_folder, AreaState.Complete);
        string config = _folder.Make("ckdump.conf", 0);
        File.WriteAllText(config, $"raw {empty.Path}\nraw {area.Path}\npath {_folder.PathOf("crash")}\n");
        CkdumpRun.Good("save", "--config", config);
        Assert.Equal(AreaState.Prepared, area.Label.State);
        Assert.Single(Directory.GetDirectories(_folder.PathOf("crash")));
    }

    [Fact]
    public void ASavedAreaHasNothingToSave()
    {
        var area = new AreaImage(_folder, AreaState.Complete);
        CkdumpRun.Good("save", area.Path, "-o", _folder.PathOf("vmcore"));
        CkdumpRun.Bad(1, [$"{area.Path}: the dump area holds no dump to save"], "save", area.Path, "-o", _folder.PathOf("again"));
        Assert.False(File.Exists(_folder.PathOf("again")));
    }

    [Fact]
    public void KeepLeavesTheAreaAsItIs()
    {
        var area = new AreaImage(_folder, AreaState.Complete);
        byte[] before = File.ReadAllBytes(area.Path);
        CkdumpRun.Good("save", "--keep", area.Path, "-o", _folder.PathOf("vmcore"));
        Assert.Equal(before, File.ReadAllBytes(area.Path));
    }

    [Theory]
    [InlineData(AreaState.Incomplete, "INCOMPLETE: dump incomplete: pages lost (250 pages written, 6 lost)")]
    [InlineData(AreaState.Writing, "INCOMPLETE: the capture did not end")]
    public void AnIncompleteDumpIsSavedUnderANameAndWithAMarkThatSaySo(AreaState state, string expected)
    {
        var area = new AreaImage(_folder, state);
        AreaLabel before = area.Label;
        string file = _folder.PathOf("vmcore");
        string said = CkdumpRun.Incomplete("save", area.Path, "-o", file);
        Assert.StartsWith(file + ".incomplete: ", said);
        Assert.Contains(expected, said);
        Assert.False(File.Exists(file));
        byte[] saved = File.ReadAllBytes(file + ".incomplete");
        Assert.Equal(area.Dump, saved[..^4096]);
        Assert.Equal(Status.Ok, AreaLabel.Decode(saved.AsSpan(saved.Length - 4096), (ulong)saved.Length, out AreaLabel mark));
        Assert.Equal((before.State, before.Outcome, before.PagesLost), (mark.State, mark.Outcome, mark.PagesLost));
        Assert.Equal(AreaState.Prepared, area.Label.State);
    }

    [Fact]
    public void WhatWasNeverTriedIsNotTakenFromTheDisk()
    {
        var area = new AreaImage(_folder, AreaState.Incomplete, edit: (ref AreaLabel label) =>
        {
            label.PagesWritten = 240;
            label.PagesLost = 1;
            label.Outcome = Status.DeviceTimeout;
        });
        string said = CkdumpRun.Incomplete("save", area.Path, "-o", _folder.PathOf("vmcore"));
        Assert.Contains("(240 pages written, 1 lost, 15 not tried)", said);
        byte[] saved = File.ReadAllBytes(_folder.PathOf("vmcore.incomplete"));
        Assert.True(saved.AsSpan(0, 241 * 4096).SequenceEqual(area.Dump.AsSpan(0, 241 * 4096)));
        Assert.True(saved.AsSpan(241 * 4096, 15 * 4096).IndexOfAnyExcept((byte)0) < 0);
        Assert.Equal(area.Dump.Length + 4096, saved.Length);
    }

    [Theory]
    [InlineData(AreaState.Complete)]
    [InlineData(AreaState.Writing)]
    public void AnAreaThatSomethingElseWroteToIsLeftAsItIs(AreaState state)
    {
        var area = new AreaImage(_folder, state);
        area.Overwrite(0, "XFSB"u8);
        byte[] before = File.ReadAllBytes(area.Path);
        CkdumpRun.Bad(1, [area.Path, "something else"], "save", area.Path, "-o", _folder.PathOf("x"));
        Assert.False(File.Exists(_folder.PathOf("x.incomplete")));
        Assert.Contains("INCOMPLETE", CkdumpRun.Incomplete("save", "--keep", area.Path, "-o", _folder.PathOf("x")));
        Assert.Equal(before, File.ReadAllBytes(area.Path));
    }

    [Fact]
    public void ACaptureThatEndedBeforeItsHeadersWereWrittenIsSavedAsIncomplete()
    {
        var area = new AreaImage(_folder, AreaState.Writing);
        area.Overwrite(0, new byte[AreaImage.HeaderBytes]);
        Assert.Contains("the headers are not those", CkdumpRun.Incomplete("save", area.Path, "-o", _folder.PathOf("x")));
        Assert.Equal(AreaState.Prepared, area.Label.State);
    }

    [Theory]
    [InlineData("vmcore")]
    [InlineData("vmcore.incomplete")]
    public void BothNamesMustBeFree(string name)
    {
        var area = new AreaImage(_folder, AreaState.Incomplete);
        _folder.Make(name, 5);
        CkdumpRun.Bad(1, [name, "exists already"], "save", area.Path, "-o", _folder.PathOf("vmcore"));
        Assert.Equal(AreaState.Incomplete, area.Label.State);
    }

    [Theory]
    [InlineData(AreaState.Complete, "vmcore")]
    [InlineData(AreaState.Incomplete, "vmcore-incomplete")]
    public void InADirectoryTheNameIsTheHostAndTheTimeOfTheCrash(AreaState state, string name)
    {
        for (int i = 1; i <= 3; i++)
        {
            var area = new AreaImage(_folder, state, edit: (ref AreaLabel label) => label.Sequence = (ulong)i);
            Assert.Equal(
                state == AreaState.Complete ? 0 : 3,
                CkdumpRun.Of("save", area.Path, "--directory", _folder.PathOf("crash")).ExitCode);
            string folder = "2023-11-14-22-13-20" + (i == 1 ? "" : $"-{i}");
            string directory = Assert.Single(Directory.GetDirectories(_folder.PathOf("crash")), each => each.EndsWith(folder, StringComparison.Ordinal));
            byte[] saved = File.ReadAllBytes(Path.Combine(directory, name));
            Assert.Equal(area.Dump, saved[..area.Dump.Length]);
        }
    }

    [Fact]
    public void AFileIsNeverOverwritten()
    {
        var area = new AreaImage(_folder, AreaState.Complete);
        string file = _folder.Make("vmcore", 5);
        CkdumpRun.Bad(1, [file, "exists already"], "save", area.Path, "-o", file);
        Assert.Equal(5, new FileInfo(file).Length);
        Assert.Equal(AreaState.Complete, area.Label.State);
    }

    [Fact]
    public void WhereNothingCanBeWrittenTheAreaKeepsItsDump()
    {
        var area = new AreaImage(_folder, AreaState.Complete);
        string file = Path.Combine(_folder.PathOf("missing"), "vmcore");
        CkdumpRun.Bad(1, [file], "save", area.Path, "-o", file);
        Assert.Equal(AreaState.Complete, area.Label.State);
    }

    [Fact]
    public void ACorruptLabelIsToldWithItsOffset()
    {
        var area = new AreaImage(_folder, AreaState.Complete);
        area.Spoil(4000, 9);
        CkdumpRun.Bad(1, [area.Path, "offset 2093056 (0x1ff000)", "wrong checksum"], "save", area.Path, "-o", _folder.PathOf("x"));
        Assert.False(File.Exists(_folder.PathOf("x")));
    }

    [Theory]
    [InlineData(100L)]
    [InlineData(4096L)]
    [InlineData(1L << 42)]
    public void AFileThatIsNoAreaIsRefused(long lengthBytes)
    {
        string path = _folder.Make("none.img", lengthBytes);
        CkdumpRun.Bad(1, [path, "ckdump prepare"], "save", path, "-o", _folder.PathOf("x"));
        Assert.False(File.Exists(_folder.PathOf("x")));
    }

    [Fact]
    public void ATruncatedAreaIsRefused()
    {
        var area = new AreaImage(_folder, AreaState.Complete);
        using (FileStream file = File.OpenWrite(area.Path))
        {
            file.SetLength(file.Length - 512);
        }
        CkdumpRun run = CkdumpRun.Of("save", area.Path, "-o", _folder.PathOf("x"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{area.Path}: holds a dump, but no dump area's label in its last 4096 bytes; ckdump info, log and", run.Error);
        Assert.DoesNotContain("prepare", run.Error);
    }

    [Fact]
    public void AnAreaThatWasTruncatedInItsDumpIsToldWhatItLacks()
    {
        using var dump = new InspectFixture();
        string plain = dump.Vmcore();
        byte[] whole = File.ReadAllBytes(plain);
        string cut = _folder.Make("cut.img", 0, 0, whole.AsSpan(0, whole.Length - 5000));
        CkdumpRun run = CkdumpRun.Of("save", cut, "-o", _folder.PathOf("x"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{cut}: at offset {whole.Length - 5000} ", run.Error);
        Assert.Contains("truncated: the dump alone has ", run.Error);
        Assert.DoesNotContain("prepare", run.Error);
        CkdumpRun.Bad(1, [plain, "a plain file needs no saving"], "save", plain, "-o", _folder.PathOf("x"));
    }

    [Fact]
    public void WhatHoldsNoDumpIsNoArea()
    {
        string empty = _folder.Make("empty", 0);
        CkdumpRun.Bad(1, [$"{empty}: the file is empty"], "save", empty, "-o", _folder.PathOf("x"));
        string zeros = _folder.Make("zeros", 100_000);
        CkdumpRun.Bad(1, [$"{zeros}: no dump area", "ckdump prepare was given"], "save", zeros, "-o", _folder.PathOf("x"));
        CkdumpRun.Bad(1, [$"{_folder.Root}: is a directory"], "save", _folder.Root, "-o", _folder.PathOf("x"));
    }

    [Fact]
    public void AnOutputInAMissingDirectoryNamesTheDirectory()
    {
        var area = new AreaImage(_folder, AreaState.Complete);
        string folder = _folder.PathOf("none");
        CkdumpRun.Bad(1, [$"{folder}/v: the directory {folder} does not exist"], "save", area.Path, "-o", $"{folder}/v");
        Assert.Equal(AreaState.Complete, area.Label.State);
    }

    [Fact]
    public void AMissingAreaIsToldByName()
    {
        CkdumpRun.Bad(1, ["/none/area.img", "no such file"], "save", "/none/area.img", "-o", _folder.PathOf("x"));
    }

    [Fact]
    public void TheResultIsThereAsJson()
    {
        var area = new AreaImage(_folder, AreaState.Incomplete);
        using JsonDocument json = JsonDocument.Parse(CkdumpRun.Incomplete("save", area.Path, "-o", _folder.PathOf("v"), "--json"));
        Assert.Equal("incomplete", json.RootElement.GetProperty("state").GetString());
        Assert.Equal(6, json.RootElement.GetProperty("pagesLost").GetInt32());
        Assert.Equal(501, json.RootElement.GetProperty("outcome").GetInt32());
        Assert.Equal(area.Dump.Length, json.RootElement.GetProperty("lengthBytes").GetInt32());
    }

    [Fact]
    public void ALargeDumpWithHolesArrivesWhole()
    {
        // 5 MiB is more than one block of the copy; the area itself is sparse.
        var area = new AreaImage(_folder, AreaState.Complete, dumpBytes: 5 << 20);
        string file = _folder.PathOf("large");
        CkdumpRun.Good("save", area.Path, "-o", file);
        Assert.True(area.Dump.AsSpan().SequenceEqual(File.ReadAllBytes(file)));
    }

    [Fact]
    public void NoAreaAtAllNamesNoFileAndAsksForRootOnlyWhoIsNot()
    {
        const string What = "no dump area on this machine's disks; name one, ";
        Assert.Equal(What + "or make one with ckdump prepare", SaveCommand.NoArea(isPrivileged: true).Message);
        Assert.Equal(
            What + "or run as root, or make one with ckdump prepare", SaveCommand.NoArea(isPrivileged: false).Message);
    }
}
