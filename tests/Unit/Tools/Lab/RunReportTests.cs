using System.Linq;
using CosmosKdump.Lab.Commands;
using CosmosKdump.Lab.Guests;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Lab;

public class RunReportTests
{
    private const string Action = "ckdump: failure action: reboot";

    [Fact]
    public void A_dump_has_its_times()
    {
        RunReport report = Report(
            new GuestTimes(1, 1.5, 1.75, 4), "ckdump: dump complete: 551.6 MiB in 3.097 s", "ckdump: final action: reboot");

        Assert.True(report.HasDump);
        Assert.Equal(["0.500 s", "0.750 s", "3.000 s"], Values(report));
    }

    [Theory]
    [InlineData("ckdump: dump sent, NOT CONFIRMED by a receiver: 551.6 MiB in 3.097 s")]
    [InlineData("LAB: capture done, exit code 0, written 4096 bytes")]
    public void What_was_not_seen_is_a_dash(string line)
    {
        RunReport report = Report(new GuestTimes(1, 1.5, double.NaN, 4), line);

        Assert.True(report.HasDump);
        Assert.Equal(["0.500 s", "-", "3.000 s"], Values(report));
    }

    [Theory]
    [InlineData("ckdump: NO DUMP: E203 no dump area", "no dump: E203 no dump area")]
    [InlineData("ckdump: something else", "no dump: " + Action)]
    public void No_dump_has_its_reason(string line, string done)
    {
        // A disk whose first bytes changed nevertheless does not hold a dump.
        RunReport report = Report(new GuestTimes(1, 1.5, 1.75, 4), line, Action);

        Assert.False(report.HasDump);
        Assert.Equal(["0.500 s", "none", done], Values(report));
    }

    [Fact]
    public void Stock_kdump_may_fail_too() =>
        Assert.False(Report(new GuestTimes(1, 1.5, double.NaN, 4), "LAB: capture done, exit code 1").HasDump);

    [Theory]
    [InlineData(true, "ckdump: target disk 00:02.0: area 1")]
    [InlineData(true, "ckdump: target serial: ttyS1", "ckdump: target disk 00:02.0: area 1")]
    [InlineData(false, "ckdump: target disk 00:02.0: area 1", "ckdump: target serial: ttyS1")]
    public void A_dump_lies_where_the_last_target_is(bool isOnDisk, params string[] lines) => Assert.Equal(
        isOnDisk, Report(new GuestTimes(1, 1.5, 1.75, 4), [.. lines, "ckdump: dump complete: 551.6 MiB"]).IsOnDisk);

    private static RunReport Report(GuestTimes times, params string[] lines)
    {
        ConsoleLine[] console = [.. lines.Select(line => new ConsoleLine(2, line))];
        return new RunReport(times, console, console[^1]);
    }

    private static string[] Values(RunReport report) =>
        [.. report.ToString().Split('\n').Select(line => line["panic -> capture starts  ".Length..].TrimEnd())];
}
