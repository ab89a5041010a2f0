using System.Linq;
using CosmosKdump.Lab.Bench;
using CosmosKdump.Lab.Bench.Conversions;
using CosmosKdump.Lab.Bench.Report;
using CosmosKdump.Tests.Unit.Tools.Ckdump;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Lab.Bench;

public class ConversionBenchTests
{
    private const string Lzo = "size of a dump of level 31, lzo";
    private const string Zstd = "size of a dump of level 31, zstd";

    [Theory]
    [InlineData(1000, 1000, Verdict.Kept)]
    [InlineData(1001, 1000, Verdict.NotKept)]
    public void Not_larger_is_to_the_byte(long ours, long theirs, Verdict verdict)
    {
        BenchResult result = Result();
        Add(result, new(true, Compression.Lzo, 1), 1, ours);
        Add(result, new(false, Compression.Lzo, 1), 1, theirs);

        Assert.Equal(verdict, VerdictOf(result, Lzo));
    }

    [Theory]
    [InlineData(999, Verdict.Kept)]
    [InlineData(1000, Verdict.NotKept)]
    public void Zstd_is_held_against_makedumpfiles_zlib(long ours, Verdict verdict)
    {
        BenchResult result = Result();
        Add(result, new(true, Compression.Zstd, 1), 1, ours);
        Add(result, new(false, Compression.Zlib, 1), 1, 1000);
        Add(result, new(false, Compression.Lzo, 1), 1, 2000);

        Assert.Equal(verdict, VerdictOf(result, Zstd));
    }

    [Theory]
    [InlineData(1.0, Verdict.Kept)]
    [InlineData(1.1, Verdict.NotKept)]
    public void Time_is_held_against_as_many_threads(double ours, Verdict verdict)
    {
        BenchResult result = Result();
        ConversionCase two = new(true, Compression.Lzo, 2);
        Add(result, two, ours, 1);
        Add(result, two.Stock, 1.0, 1);
        Add(result, new(false, Compression.Lzo, 4), 0.1, 1);

        Assert.Equal(verdict, VerdictOf(result, $"{two}"));
    }

    [Fact]
    public void Times_are_medians_of_all_repetitions()
    {
        BenchResult result = Result();
        ConversionCase ours = new(true, Compression.Zlib, 4);
        foreach (double seconds in new[] { 1.0, 9.0, 2.0 })
        {
            Add(result, ours, seconds, 1);
        }
        Add(result, ours.Stock, 4.0, 1);
        using TestFolder folder = new();

        string markdown = BenchReport.Write(result, folder.Root);

        Assert.Contains("| zlib, 4 threads | 2.000 (1.000–9.000) | 4.000 | 2.0 |", markdown);
    }

    [Fact]
    public void What_was_not_measured_is_not_kept()
    {
        Assert.All(
            Targets.Judge(Result()),
            target => Assert.Equal((Judgement.NotMeasured, Verdict.NotKept), (target.Measured, target.Verdict)));
    }

    [Fact]
    public void Both_sides_are_told_to_do_the_same()
    {
        ConversionCase ours = new(true, Compression.Lzo, 2);

        Assert.Equal("convert -d 31 -c lzo -j 2 a -o b", string.Join(' ', ours.Arguments("a", "b")));
        Assert.Equal("-l -d 31 --num-threads 2 a b", string.Join(' ', ours.Stock.Arguments("a", "b")));
        Assert.All(
            ConversionCases.All.Where(one => !one.IsOurs),
            one => Assert.Contains(one with { IsOurs = true }, ConversionCases.All));
    }

    private static BenchResult Result() => new() { Runs = 1, Parts = [BenchPart.Convert] };

    private static void Add(BenchResult result, ConversionCase one, double seconds, long bytes) =>
        result.Conversions.Add(new(one, seconds, bytes));

    private static Verdict VerdictOf(BenchResult result, string name) =>
        Targets.Judge(result).Single(one => one.Name == name).Verdict;
}
