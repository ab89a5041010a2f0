using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Areas;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

public sealed class PrepareCommandTests : IDisposable
{
    private const long MiB = 1 << 20;
    private const string Uuid = "12345678-1234-4234-8234-123456789abc";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ANewImageFileIsMadeWithItsSpace()
    {
        string path = _folder.PathOf("new.img");
        string text = CkdumpRun.Good("prepare", path, "--size", "4M", "--uuid", Uuid);
        Assert.Contains("kdump.target=disk:" + Uuid, text);
        AreaLabel label = LabelOf(path);
        Assert.Equal(4 * MiB, (long)label.AreaBytes);
        Assert.Equal(AreaState.Prepared, label.State);
        Assert.Equal(1UL, label.Sequence);
        Assert.Equal(Uuid, AreaUuidText.Of(label.Uuid));
    }

    // A mistyped disk: a file there would be in memory.
    [Theory]
    [InlineData]
    [InlineData("--size", "4M")]
    public void NoFileIsMadeBelowDev(params string[] options)
    {
        const string Path = "/dev/ckdump-no-such-disk";
        CkdumpRun.Bad(1, [$"{Path}: no such device"], ["prepare", Path, .. options]);
        Assert.False(File.Exists(Path));
    }

    [Fact]
    public void AnEmptyImageFileIsPreparedAndOnlyItsLabelChanges()
    {
        string path = _folder.Make("empty.img", 4 * MiB);
        CkdumpRun.Good("prepare", path);
        Assert.True(File.ReadAllBytes(path).AsSpan(0, (int)(4 * MiB) - 4096).IndexOfAnyExcept((byte)0) < 0);
        Assert.Equal(AreaState.Prepared, LabelOf(path).State);
    }

    [Fact]
    public void AHugeSparseFileIsPreparedWithoutFillingIt()
    {
        string path = _folder.Make("huge.img", 1L << 42);
        CkdumpRun.Good("prepare", path);
        Assert.Equal(1UL << 42, LabelOf(path).AreaBytes);
    }

    [Fact]
    public void TheResultIsThereAsJson()
    {
        string path = _folder.Make("json.img", 4 * MiB);
        using JsonDocument json = JsonDocument.Parse(CkdumpRun.Good("prepare", path, "--json", "--uuid", Uuid));
        Assert.Equal(Uuid, json.RootElement.GetProperty("uuid").GetString());
        Assert.Equal("disk:" + Uuid, json.RootElement.GetProperty("target").GetString());
        Assert.Equal(4 * MiB, json.RootElement.GetProperty("sizeBytes").GetInt64());
        Assert.Equal((4 * MiB) - 4096, json.RootElement.GetProperty("capacityBytes").GetInt64());
    }

    [Fact]
    public void AnEmptyAreaMayBePreparedAgainAndKeepsItsUuid()
    {
        string path = _folder.Make("again.img", 4 * MiB);
        CkdumpRun.Good("prepare", path, "--uuid", Uuid);
        CkdumpRun.Good("prepare", path);
        Assert.Equal(Uuid, AreaUuidText.Of(LabelOf(path).Uuid));
        Assert.Equal(2UL, LabelOf(path).Sequence);
    }

    [Fact]
    public void AnAreaWhoseDumpWasSavedMayBePreparedAgain()
    {
        var area = new AreaImage(_folder, AreaState.Complete);
        CkdumpRun.Good("save", area.Path, "-o", _folder.PathOf("vmcore"));
        CkdumpRun.Good("prepare", area.Path);
        Assert.Equal(AreaState.Prepared, area.Label.State);
    }

    [Fact]
    public void WhatWasPutIntoAnEmptyAreaIsKept()
    {
        string path = _folder.Make("used.img", 4 * MiB, 65536, "somebody's"u8);
        WriteLabel(path, AreaState.Prepared);
        Refuses(path, "offset 65536", "unknown kind");
    }

    [Theory]
    [InlineData(AreaState.Writing)]
    [InlineData(AreaState.Complete)]
    [InlineData(AreaState.Incomplete)]
    public void AnUnsavedDumpIsKeptEvenIfForced(AreaState state)
    {
        string path = _folder.Make("unsaved.img", 4 * MiB, 0, "\u007FELF"u8);
        WriteLabel(path, state);
        string[] told = [$"{path}: the dump area holds a dump that was not saved", $"ckdump save {path}", "--discard-dump"];
        Refuses(path, told);
        CkdumpRun.Bad(1, told, "prepare", path, "--force");
        Assert.Equal(state, LabelOf(path).State);
        CkdumpRun.Good("prepare", path, "--discard-dump");
        Assert.Equal(AreaState.Prepared, LabelOf(path).State);
    }

    [Fact]
    public void WhatWasWrittenOverADumpIsNoDumpToDiscard()
    {
        var area = new AreaImage(_folder, AreaState.Complete);
        area.Overwrite(0, "something else"u8);
        CkdumpRun.Bad(1, [area.Path, "unknown kind", "--force"], "prepare", area.Path, "--discard-dump");
        CkdumpRun.Good("prepare", area.Path, "--force");
        Assert.Equal(AreaState.Prepared, area.Label.State);
    }

    [Theory]
    [InlineData(0, "\u007FELF\u0002\u0001", "ELF")]
    [InlineData(0, "KDUMP   ", "kdump-compressed")]
    [InlineData(0, "makedumpfile", "kdump-compressed")]
    [InlineData(1000000, "x", "offset 1000000 (0xf4240)")]
    [InlineData(4194303, "x", "offset 4194303 (0x3fffff)")]
    public void DataIsKeptUnlessForced(int offset, string data, string expected)
    {
        string path = _folder.Make("data.img", 4 * MiB, offset, data.Select(c => (byte)c).ToArray());
        Refuses(path, path, expected, "--force");
        CkdumpRun.Good("prepare", path, "--force");
        Assert.Equal(AreaState.Prepared, LabelOf(path).State);
    }

    // Far from its start and its end, behind a hole: somebody's file may begin with zeros.
    [Theory]
    [InlineData]
    [InlineData("--file")]
    public void DataInTheMiddleOfAFileIsKept(params string[] options)
    {
        const int Offset = (int)(17 * MiB) + 5;
        string path = _folder.Make("middle.img", 32 * MiB, Offset, "somebody's"u8);
        CkdumpRun.Bad(1, [path, $"offset {Offset} ", "unknown kind", "--force"], ["prepare", path, .. options]);
        byte[] after = File.ReadAllBytes(path);
        Assert.True(after.AsSpan(Offset).StartsWith("somebody's"u8));
        after.AsSpan(Offset, "somebody's".Length).Clear();
        Assert.Equal(-1, after.AsSpan().IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void AFileSystemIsKept()
    {
        // ext2's superblock: magic 0xEF53 at 0x438; enough of the rest for blkid to believe it.
        byte[] super = new byte[1024];
        super[0] = 16;
        super[4] = 64;
        super[56] = 0x53;
        super[57] = 0xEF;
        string path = _folder.Make("ext2.img", 4 * MiB, 1024, super);
        Refuses(path, "--force");
    }

    [Fact]
    public void APartitionTableIsKept()
    {
        byte[] sector = new byte[512];
        sector[446 + 4] = 0x83;
        sector[446 + 8] = 1;
        sector[446 + 12] = 100;
        sector[510] = 0x55;
        sector[511] = 0xAA;
        Refuses(_folder.Make("dos.img", 4 * MiB, 0, sector), "--force");
    }

    [Theory]
    [InlineData(0L, "has 0 bytes")]
    [InlineData(4096L, "has 4096 bytes")]
    [InlineData(100_001L, "has 100001 bytes")]
    public void AFileThatCannotBeAnAreaIsRefusedEvenIfForced(long lengthBytes, string expected)
    {
        string path = _folder.Make("short.img", lengthBytes);
        CkdumpRun.Bad(1, [path, expected], "prepare", path, "--force");
        Assert.Equal(lengthBytes, new FileInfo(path).Length);
    }

    [Fact]
    public void AMissingFileNeedsASize()
    {
        string path = _folder.PathOf("missing.img");
        CkdumpRun.Bad(1, [path, "--size"], "prepare", path);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void AnExistingFileDoesNotChangeItsSize()
    {
        string path = _folder.Make("sized.img", 4 * MiB);
        CkdumpRun.Bad(1, [path, "another size"], "prepare", path, "--size", "8M");
        Assert.Equal(4 * MiB, new FileInfo(path).Length);
    }

    [Theory]
    [InlineData]
    [InlineData("--sparse")]
    public void AFileThatDoesNotFitOnItsDiskIsNotLeftBehind(params string[] options)
    {
        string path = _folder.PathOf("toolarge.img");
        CkdumpRun.Bad(1, [path], ["prepare", path, "--size", "4E", .. options]);
        Assert.False(File.Exists(path));
    }

    [Theory]
    [InlineData("--size", "0")]
    [InlineData("--size", "4K")]
    [InlineData("--size", "100000")]
    [InlineData("--size", "many")]
    [InlineData("--uuid", "1234")]
    [InlineData("--uuid", "00000000-0000-0000-0000-000000000000")]
    public void WrongValuesAreUsageErrors(string option, string value)
    {
        string path = _folder.PathOf("usage.img");
        CkdumpRun.Bad(2, [option, value], "prepare", path, option, value);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void ADirectoryAndADeviceThatIsNoDiskAreRefused()
    {
        CkdumpRun.Bad(1, [_folder.Root, "is a directory"], "prepare", _folder.Root);
        CkdumpRun.Bad(1, ["/dev/null", "neither"], "prepare", "/dev/null");
    }

    private static void Refuses(string path, params string[] texts)
    {
        byte[] before = File.ReadAllBytes(path);
        CkdumpRun.Bad(1, [path, .. texts], "prepare", path);
        Assert.True(before.AsSpan().SequenceEqual(File.ReadAllBytes(path)));
    }

    private static AreaLabel LabelOf(string path)
    {
        using AreaFile area = AreaFile.Open(path, write: false);
        return area.RequireLabel();
    }

    private static void WriteLabel(string path, AreaState state)
    {
        using AreaFile area = AreaFile.Open(path, write: true);
        AreaLabel label = AreaLabel.Create(new AreaUuid(1, 2), (ulong)area.LengthBytes);
        label.State = state;
        area.WriteLabel(label);
    }

    [Theory]
    [InlineData("4M", "too small for a full dump of any machine; for kdump.format=kdump only")]
    [InlineData("64M", "too small for a full dump of any machine; for kdump.format=kdump only")]
    [InlineData("1G", "room for a full dump of a machine with up to 960.0 MiB of memory")]
    public void TheRoomIsTold(string size, string expected)
    {
        string text = CkdumpRun.Good("prepare", _folder.PathOf("room.img"), "--sparse", "--size", size);
        Assert.Contains($"\n  {expected}\n", text);
        Assert.DoesNotContain("0 B", text);
    }

    [Theory]
    [InlineData("foo")]
    [InlineData("4097")]
    public void AWrongSizeIsNamedAndTheRightOnesAreTold(string size) => CkdumpRun.Bad(
        2,
        [$"ckdump: --size: {size} is not a size: give a multiple of 4K, at least 8K, such as 8G"],
        "prepare", _folder.PathOf("x.img"), "--size", size);
}
