using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Lab.Bench.Report;

namespace CosmosKdump.Lab.Bench.Conversions;

/// <summary>The tables of conversions.</summary>
public static class ConversionTables
{
    private const string TimeMethod =
        "ckdump convert -d 31 -c … -j N and makedumpfile -d 31 … --num-threads N of the same full ELF dump, of a guest "
        + "whose memory is full; in turn, from the program's start to its end, the dump in the host's page cache. × is how "
        + "many times as long makedumpfile takes. Medians of all repetitions, with the lowest and the highest. Debian's "
        + "makedumpfile has neither zstd nor dumps without compression: it compresses with zlib or lzo, or writes raw pages "
        + "by default, which is not measured.";

    private const string SizeMethod =
        "Of the same conversions, one thread. Both sides keep the same pages, so that the sizes can be compared.";

    /// <summary>The tables.</summary>
    public static IEnumerable<Table> Of(BenchResult result)
    {
        if (result.Parts.Contains(BenchPart.Convert))
        {
            yield return Times(result);
            yield return Sizes(result);
        }
    }

    private static Table Times(BenchResult result)
    {
        List<string[]> rows = [];
        foreach (Compression compression in ConversionCases.Compressions)
        {
            foreach (int threads in ConversionCases.Threads)
            {
                ConversionCase ours = new(true, compression, threads);
                double[] one = result.ConversionSeconds(ours);
                double[] other = result.ConversionSeconds(ours.Stock);
                rows.Add(
                [
                    $"{CompressionWords.Ours(compression)}, {threads} thread{(threads == 1 ? "" : "s")}",
                    Figures.Seconds(one), Figures.Seconds(other),
                    Figures.Times(Sample.Median(other), Sample.Median(one)),
                ]);
            }
        }
        string aborts = result.MakedumpfileAborts == 0
            ? ""
            : $" makedumpfile died of a signal and was run again: {result.MakedumpfileAborts} times.";
        return new("Conversion on the host", TimeMethod + aborts, ["", "ckdump convert, s", "makedumpfile, s", "×"], rows);
    }

    private static Table Sizes(BenchResult result)
    {
        List<string[]> rows = [];
        double zlib = result.ConversionBytes(new(false, Compression.Zlib, ConversionCases.Threads[0]));
        foreach (Compression compression in ConversionCases.Compressions)
        {
            ConversionCase ours = new(true, compression, ConversionCases.Threads[0]);
            double one = result.ConversionBytes(ours);
            double other = result.ConversionBytes(ours.Stock);
            rows.Add(
            [
                CompressionWords.Ours(compression), Figures.Number(one), Figures.Number(other),
                Figures.Share(one, other), Figures.Share(one, zlib),
            ]);
        }
        return new(
            "Sizes of converted dumps", SizeMethod,
            ["", "CosmosKdump, bytes", "makedumpfile, bytes", "of it", "of makedumpfile's zlib"], rows);
    }
}
