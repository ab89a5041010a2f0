using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using CosmosKdump.Lab.Bench;
using CosmosKdump.Lab.Bench.Disks;
using CosmosKdump.Lab.Bench.Report;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Tests.Unit.Tools.Ckdump;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Lab.Bench;

public class DiskBenchTests
{
    private const long Bytes = 1_000_000_000;

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

        Assert.Equal(500, Sample.Of(times, 1_000_000_000, 1_000_000_000).MegabytesPerSecond, precision: 6);
    }

    [Fact]
    public void Kept_promises_are_told_so()
    {
        BenchResult result = Result(oursDone: 1, oursFirst: 0.05, stockDone: 10, stockFirst: 3);

        Assert.All(Targets.Judge(result), target => Assert.True(target.Verdict == Verdict.Kept, target.Name));
        Assert.True(Targets.AreMet(result));
    }

    [Fact]
    public void Without_captures_every_promise_is_told_as_not_measured_and_not_kept()
    {
        BenchResult result = new() { Runs = 1, Parts = [BenchPart.Disks], Memories = [1024, 4096] };
        using TestFolder folder = new();

        List<Target> targets = Targets.Judge(result);
        string markdown = BenchReport.Write(result, folder.Root);

        Assert.All(targets, target => Assert.Equal((Judgement.NotMeasured, Verdict.NotKept), (target.Measured, target.Verdict)));
        Assert.Equal(
            Targets.Judge(Result(1, 0.05, 10, 3)).Select(target => target.Name), targets.Select(target => target.Name));
        Assert.False(Targets.AreMet(result));
        Assert.Equal(targets.Count, markdown.Split('\n').Count(line => line.EndsWith("| not measured | NO |")));
        Assert.DoesNotContain("| yes |", markdown);
    }

    [Theory]
    [InlineData(Side.Ours, DiskMedium.Written, GuestLoad.Idle, "1 GiB: panic to first byte")]
    [InlineData(Side.StockCopy, DiskMedium.Written, GuestLoad.Idle, "1 GiB: panic to first byte")]
    [InlineData(Side.StockCopy, DiskMedium.Written, GuestLoad.Idle, "1 GiB: panic to done, file-backed")]
    [InlineData(Side.Ours, DiskMedium.Written, GuestLoad.Idle, "1 GiB: rate, file-backed")]
    [InlineData(Side.StockCopy, DiskMedium.NullWithLabel, GuestLoad.Idle, "1 GiB: rate, null-co")]
    [InlineData(Side.Ours, DiskMedium.Written, GuestLoad.Busy, "1 GiB, memory full, 300 tasks more: panic to done, file-backed")]
    [InlineData(Side.Ours, DiskMedium.NullWithLabel, GuestLoad.Busy, "1 GiB, memory full, 300 tasks more: panic to done, null-co")]
    [InlineData(Side.Ours, DiskMedium.NullWithLabel, GuestLoad.Idle, "time linear in memory: 1 and 4 GiB, null-co")]
    public void A_promise_whose_capture_is_missing_is_not_kept(
        Side side, DiskMedium medium, GuestLoad load, string name)
    {
        BenchResult result = Result(1, 0.05, 10, 3);
        Assert.True(result.Captures.RemoveAll(one => one.Case == new BenchCase(side, 1024, medium, load)) > 0);

        Target target = Targets.Judge(result).Single(target => target.Name == name);

        Assert.Equal((Judgement.NotMeasured, Verdict.NotKept), (target.Measured, target.Verdict));
        Assert.False(Targets.AreMet(result));
    }

    [Theory]
    [InlineData(DiskInterface.Ahci, 3.1, Verdict.Kept)]
    [InlineData(DiskInterface.VirtioScsi, 3.2, Verdict.NotKept)]
    public void A_disk_that_is_held_to_a_rate_must_be_kept_busy(DiskInterface disk, double seconds, Verdict verdict)
    {
        BenchResult result = Result(1, 0.05, 10, 3);
        BenchCase held = DiskRounds.HeldToRate(1024).Single(one => one.Disk == disk);
        BenchCapture capture = result.Captures.Single(one => one.Case == held);
        result.Captures.Remove(capture);
        result.Captures.Add(capture with { Sample = capture.Sample with { Capturing = seconds } });

        string name = $"1 GiB: rate, {Names.Of(disk)}, disk of 400 MB/s";
        Assert.Equal(verdict, Targets.Judge(result).Single(target => target.Name == name).Verdict);
    }

    [Fact]
    public void A_first_byte_that_was_not_seen_is_not_measured()
    {
        BenchResult result = Result(1, double.NaN, 10, 3);

        Target target = Targets.Judge(result).Single(target => target.Name == "1 GiB: panic to first byte");

        Assert.Equal((Judgement.NotMeasured, Verdict.NotKept), (target.Measured, target.Verdict));
    }

    [Fact]
    public void A_failed_measurement_fails_the_bench_although_every_promise_is_kept()
    {
        BenchResult result = Result(1, 0.05, 10, 3);
        result.Failures.Add(new("one of three runs", "it hung"));

        Assert.Equal(0, Targets.NotKept(result));
        Assert.False(Targets.AreMet(result));
    }

    [Fact]
    public void A_reservation_that_was_not_found_is_not_kept()
    {
        BenchResult result = Result(1, 0.05, 10, 3);
        result.SmallestReservationMiB.Remove(Side.Ours);

        Assert.Equal(
            (Judgement.NotMeasured, Verdict.NotKept),
            Targets.Judge(result).Where(one => one.Name == "reservation").Select(one => (one.Measured, one.Verdict)).Single());
        Assert.False(Targets.AreMet(result));
    }

    [Theory]
    [InlineData(new[] { 4, 2 }, new[] { true, true }, Verdict.Kept)]
    [InlineData(new[] { 4, 2 }, new[] { true, false }, Verdict.NotKept)]
    [InlineData(new[] { 4 }, new[] { true }, Verdict.NotKept)]
    [InlineData(new[] { 2 }, new[] { true }, Verdict.NotKept)]
    public void The_busy_guest_needs_no_larger_reservation(int[] sizes, bool[] works, Verdict verdict)
    {
        BenchResult result = Result(1, 0.05, 10, 3);
        result.BusyReservations.Clear();
        foreach ((int size, bool fits) in sizes.Zip(works))
        {
            result.BusyReservations[size] = fits;
        }

        Target target = Targets.Judge(result).Single(one => one.Name.EndsWith("tasks more: reservation"));

        Assert.Equal(verdict, target.Verdict);
    }

    [Theory]
    [InlineData(1.4, Verdict.Kept)]
    [InlineData(1.6, Verdict.NotKept)]
    public void A_busy_guest_that_takes_longer_is_told_so(double done, Verdict verdict)
    {
        BenchResult result = Result(1, 0.05, 10, 3);
        BenchCase busy = new(Side.Ours, 1024, DiskMedium.NullWithLabel, GuestLoad.Busy);
        result.Captures.RemoveAll(one => one.Case == busy);
        result.Captures.Add(new(busy, new(0.01, 0.05, done, done, 1, 1), new(400, 900, 980), "folder"));

        Target target = Targets.Judge(result).Single(one => one.Name.EndsWith("tasks more: panic to done, null-co"));

        Assert.Equal(verdict, target.Verdict);
    }

    [Theory]
    [InlineData(5.9, Verdict.Kept)]
    [InlineData(6.1, Verdict.NotKept)]
    public void Time_that_grows_faster_than_memory_is_told_so(double done, Verdict verdict)
    {
        BenchResult result = Result(1, 0.05, 10, 3);
        BenchCase large = new(Side.Ours, 4096, DiskMedium.NullWithLabel);
        result.Captures.RemoveAll(one => one.Case == large);
        result.Captures.Add(new(large, new(0.01, 0.05, done, done, 4 * Bytes, 4 * Bytes), new(100, 50, 980), "folder"));

        Target target = Targets.Judge(result).Single(one => one.Name.StartsWith("time linear in memory"));

        Assert.Equal(verdict, target.Verdict);
    }

    [Fact]
    public void A_quick_bench_leaves_out_the_second_size_and_says_so()
    {
        BenchResult full = Result(1, 0.05, 10, 3);
        BenchResult result = Result(1, 0.05, 10, 3, memories: [1024]);
        result.Captures.RemoveAll(one => one.Case.MemoryMiB != 1024);

        Target target = Targets.Judge(result).Single(one => one.Name == "time linear in memory");

        Assert.Equal(("not measured (--quick)", Verdict.LeftOut), (target.Measured, target.Verdict));
        Assert.True(Targets.AreMet(result));
        Assert.True(Targets.Judge(full).Count > Targets.Judge(result).Count);
    }

    [Theory]
    [InlineData(0.9, "| 1 GiB guest, stock, makedumpfile -l -d 31, file-backed disk | panic to done, s | 1.000 | 0.900 |")]
    [InlineData(1.1, "| no median of this bench | – | – | – |")]
    public void Each_figure_in_which_stock_is_better_is_told(double stockDone, string row)
    {
        BenchResult result = Result(1, 0.05, 10, 3);
        result.Captures.Add(new(
            new(Side.StockFiltered, 1024, DiskMedium.Written), new(2, 3, stockDone, stockDone, Bytes, Bytes),
            new(100, 50, 980), "folder"));
        using TestFolder folder = new();

        Assert.Contains(row, BenchReport.Write(result, folder.Root));
    }

    [Fact]
    public void Medians_of_several_runs_come_with_their_spread()
    {
        Sample[] samples = [new(0, 0, 3, 3, 1, 1), new(0, 0, 1, 1, 1, 1), new(0, 0, 2.5, 2, 1, 1)];

        Assert.Equal("2.500 (1.000–3.000)", Figures.Seconds(samples, sample => sample.ToDone));
        Assert.Equal("3.000", Figures.Seconds(samples[..1], sample => sample.ToDone));
        Assert.Equal("–", Figures.Seconds([], sample => sample.ToDone));
    }

    [Fact]
    public void The_report_tells_how_to_repeat_it_and_what_the_guests_did()
    {
        using TestFolder folder = new();

        string markdown = BenchReport.Write(Result(1, 0.05, 10, 3), folder.Root);

        Assert.Contains("| all of this | ./build.sh bench --runs 1 |", markdown);
        Assert.Contains("./build.sh run --memory 1024 --preallocate --medium Written --stock dd", markdown);
        Assert.Contains("Revision abc-dirty", markdown);
        Assert.Contains("| CosmosKdump, ELF: 1 GiB, full | 400 | 900 of 980 | 1.000 | 1.0 | 1.000 | 1.0 | 4M, 2M |", markdown);
        Assert.Contains("| CosmosKdump, ELF: 4 GiB, idle | 100 | 50 of 980 | 4.000 | 4.0 | 4.000 | 4.0 | 4M |", markdown);
    }

    [Theory]
    [InlineData("1 GiB: panic to first byte", 1, 0.2, 10, 3)]
    [InlineData("1 GiB: panic to done, file-backed", 5, 0.05, 10, 3)]
    [InlineData("1 GiB: rate, null-co", 5, 0.05, 10, 3)]
    [InlineData("1 GiB: rate, file-backed", 5, 0.05, 30, 3)]
    [InlineData("1 GiB: rate, AHCI, file-backed", 5, 0.05, 30, 3)]
    [InlineData("1 GiB: rate, virtio-scsi, file-backed", 5, 0.05, 30, 3)]
    public void A_promise_that_is_not_kept_is_told_so(
        string name, double oursDone, double oursFirst, double stockDone, double stockFirst)
    {
        List<Target> targets = Targets.Judge(Result(oursDone, oursFirst, stockDone, stockFirst));

        Assert.Equal(Verdict.NotKept, targets.Single(target => target.Name == name).Verdict);
    }

    [Fact]
    public void An_image_that_is_too_large_is_told_so()
    {
        BenchResult result = Result(1, 0.05, 10, 3);
        result.ImageBytes["kdump.elf"] = (384 * 1024) + 1;

        Assert.Equal(Verdict.NotKept, Targets.Judge(result).Single(target => target.Name == "image").Verdict);
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
        Assert.Equal(19, json.RootElement.GetProperty("Captures").GetArrayLength());
    }

    [Fact]
    public void A_failed_capture_is_told_and_its_figures_are_missing()
    {
        BenchResult result = Result(1, 0.05, 10, 3);
        result.Captures.RemoveAll(capture => capture.Case.Side == Side.StockCopy);
        result.Failures.Add(new("stock", "it hung"));
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

    // Stock is as fast on the busy guest as on the idle one, and so are we; the larger guest takes four times as long.
    private static BenchResult Result(
        double oursDone, double oursFirst, double stockDone, double stockFirst, int[]? memories = null)
    {
        BenchResult result = new()
        {
            Runs = 1,
            Parts = [BenchPart.Disks],
            Revision = "abc-dirty",
            Command = "./build.sh bench --runs 1",
            Memories = memories ?? [1024, 4096],
            ImageBytes = new() { ["kdump.elf"] = 100_000 },
        };
        foreach (DiskMedium medium in new[] { DiskMedium.Written, DiskMedium.NullWithLabel })
        {
            foreach ((int memory, GuestLoad load) in
                new[] { (1024, GuestLoad.Idle), (1024, GuestLoad.Busy), (4096, GuestLoad.Idle) })
            {
                int times = memory / 1024;
                Add(Side.Ours, oursFirst, oursDone * times);
                Add(Side.StockCopy, stockFirst, stockDone * times);

                void Add(Side side, double first, double done)
                {
                    Sample sample = new(first / 2, first, done, done, Bytes * times, Bytes * times);
                    GuestWork work = load == GuestLoad.Busy ? new(400, 900, 980) : new(100, 50, 980);
                    result.Captures.Add(new(new(side, memory, medium, load), sample, work, "folder"));
                }
            }
            result.Limits.Add(new(1024, medium, LimitWriter.Linux, 1000));
            result.Limits.Add(new(4096, medium, LimitWriter.Linux, 1000));
        }
        foreach (DiskInterface disk in DiskRounds.OtherDisks)
        {
            Sample sample = new(oursFirst / 2, oursFirst, oursDone, oursDone, Bytes, Bytes);
            BenchCase other = new(Side.Ours, 1024, DiskMedium.Written, Disk: disk);
            result.Captures.Add(new(other, sample, new(100, 50, 980), "folder"));
            result.Limits.Add(new(1024, DiskMedium.Written, LimitWriter.Linux, 1000, disk));
        }
        foreach (BenchCase held in DiskRounds.HeldToRate(1024))
        {
            result.Captures.Add(new(held, new(oursFirst / 2, oursFirst, 3, 3, Bytes, Bytes), new(100, 50, 980), "folder"));
        }
        result.SmallestReservationMiB[Side.Ours] = 2;
        result.BusyReservations[4] = true;
        result.BusyReservations[2] = true;
        return result;
    }
}
