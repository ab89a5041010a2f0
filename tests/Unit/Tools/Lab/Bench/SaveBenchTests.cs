using System.Linq;
using CosmosKdump.Lab.Bench;
using CosmosKdump.Lab.Bench.Report;
using CosmosKdump.Lab.Bench.Saving;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Lab.Bench;

public class SaveBenchTests
{
    private static readonly SaveCase Disk = new(IsOurs: true, InMemory: false);
    private static readonly SaveCase Memory = new(IsOurs: true, InMemory: true);

    [Theory]
    [InlineData(1.00, Verdict.Kept)]
    [InlineData(1.04, Verdict.Kept)]
    [InlineData(1.08, Verdict.NotKept)]
    public void Saving_is_held_against_cp_to_the_same_place(double ours, Verdict verdict)
    {
        BenchResult result = Result((Disk, ours), (Disk.Cp, 1.0), (Memory.Cp, 0.1));

        Assert.Equal(verdict, SaveTables.Judge(result).Single(target => target.Name == $"{Disk}").Verdict);
    }

    [Fact]
    public void What_was_not_measured_is_not_kept()
    {
        BenchResult result = Result((Disk, 1.0), (Disk.Cp, 1.0), (Memory, 1.0));

        Assert.Equal(Verdict.NotKept, SaveTables.Judge(result).Single(target => target.Name == $"{Memory}").Verdict);
        Assert.Equal(2, Targets.Judge(result).Count);
    }

    [Fact]
    public void The_table_tells_both_places_by_their_medians()
    {
        BenchResult result = Result((Disk, 1.0), (Disk, 3.0), (Disk, 2.0), (Disk.Cp, 4.0), (Memory, 1.0), (Memory.Cp, 1.5));

        Table table = SaveTables.Of(result).Single();
        Assert.Equal(["to disk", "7.0", "2.000 (1.000–3.000)", "4.000", "2.00"], table.Rows[0]);
        Assert.Equal(["to memory", "7.0", "1.000", "1.500", "1.50"], table.Rows[1]);
        Assert.Empty(SaveTables.Of(new BenchResult { Parts = [BenchPart.Dumps] }));
    }

    private static BenchResult Result(params (SaveCase Case, double Seconds)[] samples) => new()
    {
        Parts = [BenchPart.Save],
        Saves = [.. samples.Select(one => new SaveSample(one.Case, one.Seconds, 7_000_000))],
    };
}
