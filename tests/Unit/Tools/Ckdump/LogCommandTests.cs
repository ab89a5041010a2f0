using System;
using System.Linq;
using System.Text.Json;
using CosmosKdump.Tests.Unit.Tools.Analyzer.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

public sealed class LogCommandTests : IDisposable
{
    private readonly InspectFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void The_log_reads_as_dmesg_shows_it() => Assert.Equal(
        """
        [    0.000000] Linux version 6.1.0
        [    2.000000] two
                       lines
        [    3.500000] Kernel panic - not syncing: sysrq triggered crash
        [    3.600000] CPU: 1 PID: 101 Comm: sh Not tainted

        """,
        CkdumpRun.Good("log", _fixture.Vmcore()));

    [Fact]
    public void Levels_choose_records()
    {
        string path = _fixture.Vmcore();
        Assert.Equal(2, Lines(CkdumpRun.Good("log", "--level", "warn+", path)));
        Assert.Equal(1, Lines(CkdumpRun.Good("log", "-l", "notice", path)));
        CkdumpRun.Bad(2, ["--level", "loud"], "log", "--level", "loud", path);
    }

    [Fact]
    public void Callers_have_a_column()
    {
        string output = CkdumpRun.Good("log", "--caller", _fixture.Vmcore());
        Assert.Contains("[    2.000000] [      C1] two\n                          lines\n", output);
        Assert.Contains("[    3.500000] [    T101] Kernel panic", output);
    }

    [Fact]
    public void Calendar_time_ends_at_the_crash()
    {
        string output = CkdumpRun.Good("log", "-T", _fixture.Vmcore());
        DateTimeOffset crash = DateTimeOffset.FromUnixTimeSeconds((long)SyntheticKernel.CrashTime).ToLocalTime();
        Assert.Contains($"[{crash:ddd MMM dd HH:mm:ss yyyy}] Kernel panic", output);
        Assert.Contains($"[{crash.AddSeconds(-3):ddd MMM dd HH:mm:ss yyyy}] Linux version", output);
    }

    [Fact]
    public void Calendar_time_needs_the_crash_time()
    {
        _fixture.Kernel.Forget("CRASHTIME");
        CkdumpRun.Bad(1, ["has the crash time"], "log", "-T", _fixture.Vmcore());
    }

    [Fact]
    public void Json_holds_the_records()
    {
        using JsonDocument json = JsonDocument.Parse(CkdumpRun.Good("log", "--json", _fixture.Vmcore()));
        JsonElement[] records = [.. json.RootElement.GetProperty("records").EnumerateArray()];
        Assert.Equal(["Linux version 6.1.0", "two\nlines"], records.Take(2).Select(r => r.GetProperty("text").GetString()));
        Assert.Equal("emerg", records[2].GetProperty("level").GetString());
        Assert.Equal(3_500_000_000, records[2].GetProperty("nanoseconds").GetInt64());
        Assert.Equal(1, records[1].GetProperty("cpu").GetInt32());
        Assert.Equal(101, records[2].GetProperty("thread").GetInt32());
        Assert.Equal(0, json.RootElement.GetProperty("damaged").GetInt32());
    }

    [Fact]
    public void A_damaged_log_is_printed_and_told()
    {
        _fixture.Kernel.Write64(_fixture.Ring.Text, 77);
        CkdumpRun run = CkdumpRun.Of("log", _fixture.Vmcore());
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(5, Lines(run.Output));
        Assert.Contains("damaged in 1 places, the first: text of record", run.Error);
    }

    [Fact]
    public void A_vmcore_without_VMCOREINFO_has_no_log()
    {
        string path = _fixture.Write(new VmcoreBuilder().Cpu(1, 2, 3).Segment(0x1000, new byte[4096]).Build());
        CkdumpRun.Bad(1, [path, "no VMCOREINFO note", "cannot be found"], "log", path);
    }

    private static int Lines(string output) => output.Count(c => c == '\n');
}
