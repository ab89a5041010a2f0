using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Lab.Bench.Conversions;
using CosmosKdump.Lab.Bench.Disks;
using CosmosKdump.Lab.Bench.Filtered;
using CosmosKdump.Lab.Bench.Network;
using CosmosKdump.Lab.Bench.Saving;
using CosmosKdump.Lab.Stock;

namespace CosmosKdump.Lab.Bench.Report;

/// <summary>The tables of a bench's report.</summary>
public static class BenchTables
{
    /// <summary>What a further CPU takes: kernel/Boot/layout.inc and the pipeline's buffers, docs/decisions.md.</summary>
    private const int FurtherCpuKiB = 164;

    /// <summary>All tables.</summary>
    public static List<Table> Of(BenchResult result) =>
    [
        Promises(result),
        StockAdvantages.Of(result),
        .. FilteredTables.Of(result),
        .. ConversionTables.Of(result),
        .. SaveTables.Of(result),
        .. NetworkTables.Of(result),
        .. DiskTables.Of(result),
        Sizes(result),
        .. result.Failures.Count == 0 ? [] : new[] { Failures(result) },
        Repeat(result),
    ];

    private static Table Promises(BenchResult result) => new(
        "Promises",
        "For full dumps, stock is dd of /proc/vmcore: the same dump as ours. From the medians below. What could not be measured, because "
        + "a capture failed, is not kept.",
        ["promise", "wanted", "measured", "kept"],
        [.. Targets.Judge(result).Select(target => new[]
        {
            target.Name,
            target.Wanted,
            target.Measured,
            target.Verdict switch { Verdict.Kept => "yes", Verdict.NotKept => "NO", _ => "–" },
        })])
    {
        IsText = true,
    };

    private static Table Sizes(BenchResult result)
    {
        List<string[]> rows = [];
        foreach ((string name, long bytes) in result.ImageBytes)
        {
            rows.Add([name, Figures.Number(bytes / 1024.0) + " KiB"]);
        }
        rows.Add(["stock: vmlinuz and initramfs", Figures.Number(result.StockImageBytes / 1024.0) + " KiB"]);
        rows.Add(["memory of our kernel, further CPUs included", Figures.Number(result.RunTimeBytes / 1024.0) + " KiB"]);
        rows.Add(["each further CPU of these", $"{FurtherCpuKiB} KiB"]);
        rows.Add(["crashkernel= in this bench", $"ours 4M, stock {StockKdump.CrashKernel} (256M at 16 GiB, 512M at 64 GiB)"]);
        foreach (Side side in new[] { Side.Ours, Side.StockCopy })
        {
            string size = result.SmallestReservationMiB.TryGetValue(side, out int found)
                ? $"{found}M"
                : Judgement.NotMeasured;
            rows.Add([side == Side.Ours ? "smallest crashkernel=, ours" : "smallest crashkernel=, stock", size]);
        }
        return new(
            "Sizes",
            "Smallest reservation: the first of 1, 2, 3, 4 MiB (ours) and 64, 80, 96, 112, 128, 160 MiB (stock) with "
            + "which the 1 GiB guest loads, crashes and captures completely. Stock's initramfs holds busybox and "
            + "makedumpfile only. Memory of our kernel: init_size of kdump.bzimage, the same however many CPUs there are; it "
            + "has room for three further CPUs, each of which takes a stack and a control page (24 KiB), a compressor (72), a "
            + "page (4) and a batch's output (64), as docs/decisions.md tells.",
            ["", ""], rows);
    }

    private static Table Failures(BenchResult result) => new(
        "Failed measurements",
        "Left out of the medians.",
        ["what", "why"],
        [.. result.Failures.Select(failure => new[] { failure.What, failure.Why })])
    {
        IsText = true,
    };

    private static Table Repeat(BenchResult result)
    {
        string name = "./build.sh run --memory 1024 --preallocate --medium";
        return new(
            "To repeat it",
            $"Revision {(result.Revision.Length == 0 ? "not known" : result.Revision)}. A single capture leaves its "
            + "console, with a time stamp on each line, and QEMU's command line in artifacts/lab/.",
            ["what", "command"],
            [
                ["all of this", result.Command],
                [$"1 GiB guest, {Names.Of(Side.Ours)}, file-backed", $"{name} Written"],
                [$"1 GiB guest, {Names.Of(Side.StockCopy)}, file-backed", $"{name} Written --stock dd"],
                [
                    $"1 GiB guest, {Names.Of(Side.StockFiltered)}, file-backed",
                    $"{name} Written --stock '{CaptureBench.FilterOptions}'",
                ],
                [
                    "level 31 by ours, 2 CPUs",
                    $"{name} Written --cpus 2 --capture-arguments 'kdump.format=kdump kdump.dump_level=31 kdump.compress=lzo'",
                ],
                ["the same on null-co", $"{name} NullWithLabel …"],
                ["the same with the guest's memory full", $"{name} Written --load Busy …"],
            ])
        {
            IsText = true,
        };
    }
}
