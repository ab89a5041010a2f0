using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using CosmosKdump.Lab.Bench.Conversions;
using CosmosKdump.Lab.Bench.Disks;
using CosmosKdump.Lab.Bench.Filtered;
using CosmosKdump.Lab.Bench.Network;
using CosmosKdump.Lab.Bench.Saving;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Bench;

/// <summary>The whole bench: each side in turn on the same guests, in rounds that measure every case once.</summary>
public static class BenchRun
{
    // Stock kdump's smallest reservation takes this long to find.
    private static readonly TimeSpan StockSearch = TimeSpan.FromMinutes(4);

    /// <summary>Measures everything; a capture that fails is noted and does not end the bench.</summary>
    /// <param name="plan">What is to be measured.</param>
    /// <param name="progress">Where it tells what it does.</param>
    /// <param name="save">Called with what there is whenever a part of a round is complete.</param>
    public static BenchResult Run(BenchPlan plan, Progress progress, Action<BenchResult> save)
    {
        Stopwatch watch = Stopwatch.StartNew();
        CaptureBench bench = new(progress);
        BenchResult result = New(plan, bench, progress);
        Measurements measurements = new(result, progress);
        ReservationSearch reservations = new(bench, measurements);
        progress.Say(Judgement.Text(
            $"bench: up to {plan.Runs} rounds, the first of about {plan.Expected(1).TotalMinutes:F0} minutes")
            + Judgement.Text($", each other of about {plan.Expected(2).TotalMinutes:F0}")
            + Judgement.Text($"; none begins that would end after {plan.LimitMinutes} minutes"));
        bool hasDisks = plan.Parts.Contains(BenchPart.Disks);
        List<IBenchRounds> parts = [];
        try
        {
            Prepare(plan, bench, measurements, parts);
            if (hasDisks)
            {
                reservations.Ours();
            }
            TimeSpan last = TimeSpan.Zero;
            for (int round = 1; plan.HasTimeFor(round, watch.Elapsed, last); round++)
            {
                TimeSpan start = watch.Elapsed;
                result.Runs = round;
                foreach (IBenchRounds part in parts)
                {
                    part.Measure(round);
                    save(result);
                }
                last = watch.Elapsed - start;
                progress.Say(Judgement.Text(
                    $"bench: round {round} took {last.TotalMinutes:F1} minutes, {watch.Elapsed.TotalMinutes:F1} in all"));
            }
            if (hasDisks && !plan.IsQuick
                && watch.Elapsed + StockSearch <= TimeSpan.FromMinutes(plan.LimitMinutes))
            {
                reservations.Stock();
            }
        }
        finally
        {
            parts.ForEach(part => part.Dispose());
        }
        return result;
    }

    private static BenchResult New(BenchPlan plan, CaptureBench bench, Progress progress) => new()
    {
        KernelRelease = DebianKernel.Of(KernelSeries.Linux61, progress).Release,
        Host = HostFacts.Machine(),
        HostLoad = HostFacts.Load(),
        Revision = HostFacts.Revision(),
        Command = plan.Command,
        Parts = plan.Parts,
        Memories = plan.Memories,
        LargeMemories = plan.LargeMemories,
        StockImageBytes = bench.StockImageBytes,
        RunTimeBytes = HostFacts.RunTimeBytes(Repository.BzImage),
        ImageBytes = new[] { Repository.BzImage, Repository.ElfImage }
            .ToDictionary(path => Path.GetFileName(path), path => new FileInfo(path).Length),
    };

    // What is quickest comes first in a round.
    private static void Prepare(
        BenchPlan plan, CaptureBench bench, Measurements measurements, List<IBenchRounds> parts)
    {
        foreach (BenchPart part in plan.Parts.OrderDescending())
        {
            measurements.Add(parts, $"{part}", () => part switch
            {
                BenchPart.Disks => new DiskRounds(bench, measurements),
                BenchPart.Dumps => new FilteredRounds("dumps", FilteredCases.Dumps, measurements),
                BenchPart.Filter => new FilteredRounds(
                    "filter", [.. plan.LargeMemories.SelectMany(FilteredCases.Filter)], measurements),
                BenchPart.Save => new SaveRounds(plan.ConvertedMemoryMiB, measurements),
                BenchPart.Network => new NetworkRounds(measurements),
                _ => new ConversionRounds(plan.ConvertedMemoryMiB, measurements),
            });
        }
    }
}
