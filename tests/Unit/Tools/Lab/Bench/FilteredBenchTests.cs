using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Lab.Bench;
using CosmosKdump.Lab.Bench.Filtered;
using CosmosKdump.Lab.Bench.Report;
using CosmosKdump.Tests.Unit.Tools.Ckdump;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Lab.Bench;

public class FilteredBenchTests
{
    private const string Console = """
        ckdump: CPUs that compress: 2
        ckdump: pages: 260982, cache 1296, user 43, free 235781; level 31 keeps 23862 in 0.053 s
        ckdump: 100 %  93.2 MiB  51.3 MiB/s
        """;

    private const string StockConsole = """
        LAB: capture done, exit code 0, memory free 444292 KiB, written 301182976 bytes
        LAB: step [Checking for memory holes  ] : 0.017926 seconds
        LAB: step [Excluding unnecessary pages] : 2.680916 seconds
        LAB: step [Excluding unnecessary pages] : 2.727462 seconds
        LAB: step [Copying data               ] : 65.117902 seconds
        LAB: steps told
        """;

    [Fact]
    public void The_filters_time_and_the_CPUs_are_read_off_the_console()
    {
        Assert.Equal(0.053, FilteredConsole.FilterSeconds(Console));
        Assert.Equal(2.680916, FilteredConsole.FilterSeconds(StockConsole));
        Assert.Null(FilteredConsole.FilterSeconds("ckdump: pages: 260982; level 31 keeps 23862"));
        Assert.Equal(2, FilteredConsole.Cpus(Console));
        Assert.Equal(1, FilteredConsole.Cpus("ckdump: E226 some CPU did not answer: CPUs that compress: 1"));
        Assert.Equal(1, FilteredConsole.Cpus(StockConsole));
    }

    [Fact]
    public void A_filter_of_another_level_is_not_taken_for_the_measured_one()
    {
        Assert.Null(FilteredConsole.FilterSeconds("ckdump: pages: 260982, free 1; level 16 keeps 23862 in 0.053 s"));
    }

    [Theory]
    [InlineData(1, 1.0, 4.1, Verdict.Kept)]
    [InlineData(1, 1.0, 3.9, Verdict.NotKept)]
    [InlineData(2, 1.0, 6.1, Verdict.Kept)]
    [InlineData(2, 1.0, 5.9, Verdict.NotKept)]
    public void More_CPUs_promise_more(int cpus, double ours, double stock, Verdict verdict)
    {
        BenchResult result = Result(BenchPart.Dumps);
        Add(result, new(true, Compression.Lzo, 1024, cpus), ours);
        Add(result, new(false, Compression.Lzo, 1024, cpus), stock);

        Target target = Targets.Judge(result).Single(one => one.Name.StartsWith($"1 GiB guest, {cpus} CPU"));

        Assert.Equal(verdict, target.Verdict);
    }

    [Fact]
    public void Stock_of_a_guest_with_other_CPUs_is_not_compared()
    {
        BenchResult result = Result(BenchPart.Dumps);
        Add(result, new(true, Compression.Lzo, 1024, 2), 1);
        Add(result, new(false, Compression.Lzo, 1024, 1), 100);

        Assert.All(
            Targets.Judge(result),
            target => Assert.Equal((Judgement.NotMeasured, Verdict.NotKept), (target.Measured, target.Verdict)));
    }

    [Theory]
    [InlineData(0.24, Verdict.Kept)]
    [InlineData(0.25, Verdict.NotKept)]
    public void The_filter_is_to_take_less_than_a_quarter(double seconds, Verdict verdict)
    {
        BenchResult result = Result(BenchPart.Filter);
        Add(result, new(true, Compression.Lzo, 65536), 10, seconds);
        Add(result, new(false, Compression.Lzo, 65536), 20, 1);

        Target target = Targets.Judge(result).Single(one => one.Name.EndsWith("the filter of level 31 alone"));

        Assert.Equal(("64 GiB: the filter of level 31 alone", verdict), (target.Name, target.Verdict));
    }

    /// <summary>The promise is of 64 GiB, which a quick bench has not.</summary>
    [Fact]
    public void The_filter_of_a_smaller_guest_is_shown_and_not_judged()
    {
        BenchResult result = new() { Runs = 1, Parts = [BenchPart.Filter], Memories = [1024], LargeMemories = [16384] };
        Add(result, new(true, Compression.Lzo, 16384), 10, 0.5);
        Add(result, new(false, Compression.Lzo, 16384), 20, 1);
        using TestFolder folder = new();

        Target target = Targets.Judge(result).Single(one => one.Name.EndsWith("the filter of level 31 alone"));
        string markdown = BenchReport.Write(result, folder.Root);

        Assert.Equal(("not measured (--quick)", Verdict.LeftOut), (target.Measured, target.Verdict));
        Assert.Equal(0, Targets.NotKept(result));
        Assert.Contains("| 16 GiB guest, 1 CPU | 0.500 | 1.000 | 50 % |", markdown);
    }

    [Fact]
    public void The_filter_of_a_dump_without_page_structs_is_another_case()
    {
        BenchResult result = Result(BenchPart.Filter);
        Add(result, new(true, Compression.Lzo, 65536), 10, 0.1);
        Add(result, new(false, Compression.Lzo, 65536, ExcludesPageStructs: true), 20, 1);

        Assert.Equal(
            Judgement.NotMeasured,
            Targets.Judge(result).Single(one => one.Name == "64 GiB: the filter of level 31 alone").Measured);
    }

    [Fact]
    public void A_large_guests_dump_proves_the_reservation()
    {
        BenchResult result = Result(BenchPart.Filter);
        Add(result, new(true, Compression.Lzo, 65536), 10, 0.1);

        Dictionary<string, Verdict> verdicts = Targets.Judge(result).ToDictionary(one => one.Name, one => one.Verdict);

        Assert.Equal(Verdict.Kept, verdicts["64 GiB: reservation for a dump of level 31"]);
        Assert.Equal(Verdict.NotKept, verdicts["16 GiB: reservation for a dump of level 31"]);
    }

    [Fact]
    public void The_cases_are_ours_and_stocks_in_turn_and_both_sides_get_the_same_guest()
    {
        FilteredCase ours = new(true, Compression.Lzo, 65536, ExcludesPageStructs: true);

        Assert.Equal(
            "kdump.format=kdump kdump.dump_level=31 kdump.compress=lzo kdump.exclude_vmemmap=1", ours.CaptureArguments);
        Assert.Equal("-l -d 31 -e --work-dir /tmp", ours.Stock.StockOptions);
        Assert.Equal(("4M", "512M"), (ours.CrashKernel, ours.Stock.CrashKernel));
        Assert.Equal(ours.CpuModel, ours.Stock.CpuModel);
        Assert.False(ours.IsPreallocated);
        Assert.All(
            FilteredCases.Filter(16384).Chunk(2), pair => Assert.Equal(pair[0].Stock, pair[1]));
        Assert.All(
            FilteredCases.CpuCounts,
            cpus => Assert.Contains(new(false, Compression.Lzo, 1024, cpus), FilteredCases.Dumps));
    }

    [Fact]
    public void Every_measured_dump_has_a_row_and_what_stock_does_better_is_told()
    {
        BenchResult result = Result(BenchPart.Dumps, BenchPart.Filter);
        Add(result, new(true, Compression.Lzo, 1024, 2), 2, 0.5);
        Add(result, new(false, Compression.Lzo, 1024, 2), 16, 0.25);
        Add(result, new(true, Compression.Zstd, 1024, 2), 4, 0.5);
        Add(result, new(true, Compression.Lzo, 65536), 10, 0.5);
        using TestFolder folder = new();

        string markdown = BenchReport.Write(result, folder.Root);

        Assert.Contains("| 1 GiB guest, 2 CPUs, CosmosKdump, lzo | 0.100 | 0.200 | 2.000 | 8.0 | 0.500 | 25.0 |", markdown);
        Assert.Contains("| 1 GiB guest, 2 CPUs, CosmosKdump, zstd | 0.100 | 0.200 | 4.000 | 4.0 | 0.500 | 25.0 |", markdown);
        Assert.Contains("| 1 GiB guest, 2 CPUs, stock, makedumpfile -l -d 31 | filter, s | 0.500 | 0.250 |", markdown);
        Assert.Contains("| 64 GiB guest, 1 CPU | 0.500 | – | – |", markdown);
        Assert.Contains("nr_cpus=1", markdown);
        Assert.Contains("Parts measured: dumps, filter.", markdown);
        Assert.DoesNotContain("The disk's own limit", markdown);
    }

    private static BenchResult Result(params BenchPart[] parts) => new()
    {
        Runs = 1,
        Parts = parts,
        Memories = [1024, 4096],
        LargeMemories = [16384, 65536],
    };

    private static void Add(BenchResult result, FilteredCase one, double done, double filter = 0.1) =>
        result.Filtered.Add(new(one, new(0.1, 0.2, done, done, 25_000_000, 25_000_000), filter, "folder"));
}
