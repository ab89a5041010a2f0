using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Lab.Bench.Conversions;
using CosmosKdump.Lab.Bench.Disks;
using CosmosKdump.Lab.Bench.Filtered;
using CosmosKdump.Lab.Bench.Network;
using CosmosKdump.Lab.Bench.Saving;

namespace CosmosKdump.Lab.Bench;

/// <summary>
/// Holds what was measured against what the project promises. A promise whose figures are missing is not kept: captures
/// that fail never make a bench look better. The promises of a part that was not asked for are not judged.
/// </summary>
public static class Targets
{
    /// <summary>Every promise that the bench can judge.</summary>
    public static List<Target> Judge(BenchResult result) =>
    [
        .. result.Parts.SelectMany(part => part switch
        {
            BenchPart.Disks => DiskTargets.Judge(result),
            BenchPart.Dumps => FilteredTargets.OfDumps(result),
            BenchPart.Filter => FilteredTargets.OfFilter(result),
            BenchPart.Save => SaveTables.Judge(result),
            BenchPart.Network => NetworkTargets.Judge(result),
            _ => ConversionTargets.Judge(result),
        }),
    ];

    /// <summary>Whether a bench ended well: every capture succeeded, and every promise that was looked at is kept.</summary>
    public static bool AreMet(BenchResult result) =>
        result.Failures.Count == 0 && NotKept(result) == 0;

    /// <summary>How many promises are not kept.</summary>
    public static int NotKept(BenchResult result) => Judge(result).Count(target => target.Verdict == Verdict.NotKept);
}
