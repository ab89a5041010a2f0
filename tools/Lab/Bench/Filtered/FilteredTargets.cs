using System.Collections.Generic;
using System.Linq;

namespace CosmosKdump.Lab.Bench.Filtered;

/// <summary>The promises of dumps of level 31.</summary>
public static class FilteredTargets
{
    private const double FilterShare = 0.25;

    /// <summary>The memory that the filter's share is promised of; that of smaller guests is in the tables.</summary>
    private const int FilterMemoryMiB = 65536;

    /// <summary>How many times faster than stock a dump is to be, by the guest's CPUs.</summary>
    private static readonly (int Cpus, double Ratio)[] Ratios = [(1, 4), (2, 6)];

    /// <summary>Promises of <see cref="BenchPart.Dumps"/>.</summary>
    public static IEnumerable<Target> OfDumps(BenchResult result)
    {
        foreach ((int cpus, double ratio) in Ratios)
        {
            FilteredCase ours = new(true, Compression.Lzo, FilteredCases.SmallMemoryMiB, cpus);
            double? times = result.FilteredMedian(ours.Stock)?.ToDone / result.FilteredMedian(ours)?.ToDone;
            yield return Judgement.AtLeast($"{ours.Guest}, level 31, lzo: panic to done", ratio, times);
        }
    }

    /// <summary>Promises of <see cref="BenchPart.Filter"/>.</summary>
    public static IEnumerable<Target> OfFilter(BenchResult result) =>
        result.LargeMemories.Select(memory => OfReservation(result, memory)).Prepend(OfFilterShare(result));

    private static Target OfFilterShare(BenchResult result)
    {
        const string Promise = "64 GiB: the filter of level 31 alone";
        const string Wanted = "under a quarter of makedumpfile's time";
        if (!result.LargeMemories.Contains(FilterMemoryMiB))
        {
            return new(Promise, Wanted, $"{Judgement.NotMeasured} (--quick)", Verdict.LeftOut);
        }
        FilteredCase ours = new(true, Compression.Lzo, FilterMemoryMiB);
        double share = result.FilterSeconds(ours) / result.FilterSeconds(ours.Stock);
        return Judgement.Of(Promise, Wanted, share, Judgement.Text($"{share * 100:F0} % of it"), share < FilterShare);
    }

    private static Target OfReservation(BenchResult result, int memory)
    {
        FilteredCase ours = new(true, Compression.Lzo, memory);
        int dumps = result.FilteredSamples(ours).Length;
        return Judgement.Of(
            $"{memory / 1024} GiB: reservation for a dump of level 31", $"crashkernel={ours.CrashKernel}",
            dumps == 0 ? double.NaN : dumps, $"crashkernel={ours.CrashKernel}", dumps != 0);
    }
}
