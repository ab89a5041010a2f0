using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using CosmosKdump.Lab.Bench;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Tests.Unit.Tools.Ckdump;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Lab;

public class BenchTests
{
    [Theory]
    [InlineData(new[] { 3.0 }, 3.0)]
    [InlineData(new[] { 9.0, 1.0, 2.0 }, 2.0)]
    [InlineData(new[] { 4.0, 1.0, 2.0, 9.0 }, 3.0)]
    [InlineData(new double[0], double.NaN)]
    public void The_median_is_the_middle(double[] values, double median)
    {
        Assert.Equal(median, Sample.Median(values));
    }

    [Fact]
    public void Rates_count_from_the_captures_start()
    {
        GuestTimes times = new(Panic: 10, CaptureStarted: 10.5, FirstByte: 10.6, Done: 12.5);

        Assert.Equal(500, Sample.Of(times, 1_000_000_000).MegabytesPerSecond, precision: 6);
    }

    [Fact]
    public void Kept_promises_are_told_so()
    {
        BenchResult result = Result(oursDone: 1, oursFirst: 0.05, stockDone: 10, stockFirst: 3);

        Assert.All(Targets.Judge(result), target => Assert.True(target.IsMet, target.Name));
    }

    [Theory]
    [InlineData("1 GiB: panic to first byte", 1, 0.2, 10, 3)]
    [InlineData("1 GiB: panic to done, file-backed", 5, 0.05, 10, 3)]
    [InlineData("1 GiB: rate, null-co", 5, 0.05, 10, 3)]
    [InlineData("1 GiB: rate, file-backed", 5, 0.05, 30, 3)]
    public void A_promise_that_is_not_kept_is_told_so(
        string name, double oursDone, double oursFirst, double stockDone, double stockFirst)
    {
        List<Target> targets = Targets.Judge(Result(oursDone, oursFirst, stockDone, stockFirst));

        Assert.False(targets.Single(target => target.Name == name).IsMet);
    }

    [Fact]
    public void An_image_that_is_too_large_is_told_so()
    {
        BenchResult result = Result(1, 0.05, 10, 3);
        result.ImageBytes["kdump.elf"] = (384 * 1024) + 1;

        Assert.False(Targets.Judge(result).Single(target => target.Name == "image").IsMet);
    }

    [Fact]
    public void The_report_has_a_row_for_every_side_and_a_page_that_needs_nothing_else()
    {
        using TestFolder folder = new();

        string markdown = BenchReport.Write(Result(1, 0.05, 10, 3), folder.Root);

        Assert.Contains("| CosmosKdump, ELF |", markdown);
        Assert.Contains("| stock, dd |", markdown);
        string page = System.IO.File.ReadAllText(folder.PathOf("bench.html"));
        Assert.Contains("<svg", page);
        Assert.DoesNotContain("http", page);
        using JsonDocument json = JsonDocument.Parse(System.IO.File.ReadAllText(folder.PathOf("bench.json")));
        Assert.Equal(4, json.RootElement.GetProperty("Captures").GetArrayLength());
    }

    [Fact]
    public void A_failed_capture_is_told_and_its_figures_are_missing()
    {
        BenchResult result = Result(1, 0.05, 10, 3);
        result.Captures.RemoveAll(capture => capture.Case.Side == Side.StockCopy);
        result.Failures.Add(new(new(Side.StockCopy, 1024, DiskMedium.Written), "it hung"));
        using TestFolder folder = new();

        string markdown = BenchReport.Write(result, folder.Root);

        Assert.Contains("it hung", markdown);
        Assert.DoesNotContain("| stock, dd |", markdown);
    }

    [Fact]
    public void A_chart_leaves_out_what_was_not_measured_and_escapes_names()
    {
        BarChart chart = new("a < b", [("x & y", 10, true), ("nothing", double.NaN, false)]);

        string svg = chart.ToSvg();

        Assert.Contains("a &lt; b", svg);
        Assert.Contains("x &amp; y", svg);
        Assert.DoesNotContain("nothing", svg);
    }

    private static BenchResult Result(double oursDone, double oursFirst, double stockDone, double stockFirst)
    {
        const long Bytes = 1_000_000_000;
        BenchResult result = new() { Runs = 1, ImageBytes = new() { ["kdump.elf"] = 100_000 } };
        foreach (DiskMedium medium in new[] { DiskMedium.Written, DiskMedium.NullWithLabel })
        {
            Add(Side.Ours, medium, new(0.01, oursFirst, oursDone, oursDone, Bytes));
            Add(Side.StockCopy, medium, new(2, stockFirst, stockDone, stockDone, Bytes));
        }
        result.Limits.Add(new(1024, DiskMedium.Written, LimitWriter.Linux, 1000));
        result.SmallestReservationMiB[Side.Ours] = 2;
        return result;

        void Add(Side side, DiskMedium medium, Sample sample) =>
            result.Captures.Add(new(new(side, 1024, medium), sample, "folder"));
    }
}
