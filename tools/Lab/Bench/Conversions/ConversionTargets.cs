using System.Collections.Generic;

namespace CosmosKdump.Lab.Bench.Conversions;

/// <summary>The promises of conversions, and of the sizes of dumps: of the same dump, both sides make the same one.</summary>
public static class ConversionTargets
{
    /// <summary>Every promise of this part.</summary>
    public static IEnumerable<Target> Judge(BenchResult result)
    {
        foreach (Compression compression in ConversionCases.Shared)
        {
            string word = CompressionWords.Ours(compression);
            double share = Bytes(result, true, compression) / Bytes(result, false, compression);
            yield return Judgement.Of(
                $"size of a dump of level 31, {word}", "not larger than makedumpfile's", share, Percent(share), share <= 1);
        }
        double zstd = Bytes(result, true, Compression.Zstd) / Bytes(result, false, Compression.Zlib);
        yield return Judgement.Of(
            "size of a dump of level 31, zstd", "smaller than makedumpfile's with zlib", zstd, Percent(zstd), zstd < 1);
        foreach (int threads in ConversionCases.Threads)
        {
            foreach (Compression compression in ConversionCases.Shared)
            {
                ConversionCase ours = new(true, compression, threads);
                double times = Sample.Median(result.ConversionSeconds(ours.Stock))
                    / Sample.Median(result.ConversionSeconds(ours));
                yield return Judgement.Of(
                    $"{ours}", $"at least as fast as {ours.Stock}", times, Judgement.Text($"{times:F2} times as fast"),
                    times >= 1);
            }
        }
    }

    // The number of threads may change the order of pages, not their number; the first is as good as any.
    private static double Bytes(BenchResult result, bool isOurs, Compression compression) =>
        result.ConversionBytes(new(isOurs, compression, ConversionCases.Threads[0]));

    private static string Percent(double share) => Judgement.Text($"{share * 100:F2} % of it");
}
