using System;
using System.Linq;
using System.Text.Json;
using CosmosKdump.Capture.Area;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

public sealed class VerifyCommandTests : IDisposable
{
    private readonly InspectFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_whole_area_passes_line_by_line()
    {
        string[] lines = CkdumpRun.Good("verify", "--read", _fixture.Area(AreaState.Complete)).TrimEnd().Split('\n');
        Assert.Equal(14, lines.Length);
        Assert.All(lines, line => Assert.StartsWith("ok      ", line));
    }

    [Fact]
    public void A_truncated_file_fails_with_the_offset_of_its_end()
    {
        byte[] file = _fixture.Kernel.ToVmcore();
        CkdumpRun run = CkdumpRun.Of("verify", _fixture.Write(file[..^8192]));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("failed  file length", run.Output);
        Assert.Contains("ok      kernel log", run.Output);
        string line = Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains($"vmcore: at offset {file.Length - 8192} (0x", line);
        Assert.Contains("8192 bytes are missing", line);
        Assert.Contains("2 of 11 checks failed", line);
    }

    [Fact]
    public void Json_lists_the_checks()
    {
        CkdumpRun run = CkdumpRun.Of("verify", "--json", _fixture.Area(AreaState.Writing));
        using JsonDocument json = JsonDocument.Parse(run.Output);
        Assert.Equal(1, run.ExitCode);
        Assert.False(json.RootElement.GetProperty("ok").GetBoolean());
        JsonElement failed = Assert.Single(json.RootElement.GetProperty("checks").EnumerateArray(),
            check => !check.GetProperty("ok").GetBoolean());
        Assert.Equal("label", failed.GetProperty("name").GetString());
    }

    [Theory]
    [InlineData(AreaState.Incomplete, "3 of")]
    [InlineData(AreaState.Writing, "how much of the dump was written is not known")]
    public void A_saved_incomplete_dump_is_still_told_as_such(AreaState state, string expected)
    {
        string area = _fixture.Area(state);
        CkdumpRun.Incomplete("save", area, "-o", _fixture.Folder.PathOf("copy"));
        string copy = _fixture.Folder.PathOf("copy.incomplete");
        CkdumpRun run = CkdumpRun.Of("verify", copy);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("failed  label", run.Output);
        Assert.Contains("ok      kernel log", run.Output);
        Assert.Contains("INCOMPLETE", CkdumpRun.Good("info", copy));
        Assert.Contains(state == AreaState.Writing ? expected : "failed  label", run.Output);
    }

    [Fact]
    public void Verifying_changes_nothing()
    {
        string path = _fixture.Area(AreaState.Complete);
        byte[] before = System.IO.File.ReadAllBytes(path);
        CkdumpRun.Good("verify", "--read", path);
        Assert.True(before.SequenceEqual(System.IO.File.ReadAllBytes(path)));
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("DISKDUMP")]
    public void What_cannot_be_opened_is_one_error_as_of_info(string start)
    {
        string path = _fixture.Folder.Make("other", 8192, 0, System.Text.Encoding.ASCII.GetBytes(start));
        CkdumpRun info = CkdumpRun.Of("info", path);
        CkdumpRun.Bad(1, [info.Error.TrimEnd()], "verify", path);
        CkdumpRun.Bad(1, [info.Error.TrimEnd()], "verify", "--read", "--json", path);
        Assert.Equal(start == "DISKDUMP", info.Error.Contains("; only ELF and kdump-compressed dumps are read"));
    }
}
