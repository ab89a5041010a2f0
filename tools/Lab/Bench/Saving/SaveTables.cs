using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Lab.Bench.Report;

namespace CosmosKdump.Lab.Bench.Saving;

/// <summary>The table and the promises of <c>ckdump save</c>.</summary>
public static class SaveTables
{
    // Both sides end at the disk, whose own rate varies from copy to copy by more than this.
    private const double Tolerance = 0.05;

    private const string Method =
        "ckdump save --keep IMAGE -o FILE against cp --sparse=always IMAGE FILE && sync FILE, in turn, from the program's start "
        + "to its end; the image of a disk with a full dump of a guest whose memory is full, in the host's page cache. To disk: "
        + "the file system of the work tree; to memory: a tmpfs. × is how many times as long cp takes. Medians of all "
        + "repetitions, with the lowest and the highest.";

    /// <summary>The table.</summary>
    public static IEnumerable<Table> Of(BenchResult result)
    {
        if (!result.Parts.Contains(BenchPart.Save))
        {
            yield break;
        }
        List<string[]> rows = [];
        foreach (SaveCase ours in SaveRounds.Cases.Where(one => one.IsOurs))
        {
            double[] one = result.SaveSeconds(ours);
            double[] other = result.SaveSeconds(ours.Cp);
            rows.Add(
            [
                ours.InMemory ? "to memory" : "to disk", Figures.Megabytes(result.SavedBytes(ours)),
                Figures.Seconds(one), Figures.Seconds(other),
                Judgement.Text($"{Sample.Median(other) / Sample.Median(one):F2}"),
            ]);
        }
        yield return new("Saving a dump on the host", Method, ["", "dump, MB", "ckdump save, s", "cp and sync, s", "×"], rows);
    }

    /// <summary>The promises.</summary>
    public static IEnumerable<Target> Judge(BenchResult result)
    {
        foreach (SaveCase ours in SaveRounds.Cases.Where(one => one.IsOurs))
        {
            double times = Sample.Median(result.SaveSeconds(ours.Cp)) / Sample.Median(result.SaveSeconds(ours));
            yield return Judgement.Of(
                $"{ours}", Judgement.Text($"as fast as cp --sparse=always, within {Tolerance * 100:F0} %"), times,
                Judgement.Text($"{times:F2} times as fast"), times >= 1 - Tolerance);
        }
    }
}
