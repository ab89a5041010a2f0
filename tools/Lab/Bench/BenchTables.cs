using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Stock;

namespace CosmosKdump.Lab.Bench;

/// <summary>The tables of a bench's report.</summary>
public static class BenchTables
{
    private const string FileMethod =
        "Panic: the console's first line that tells of it. Start: the capture kernel's first console line; for stock "
        + "kdump, the line before it copies. First byte: the host reads the image's head every millisecond until it "
        + "changes. Done: the console line after the last flush. Rate: length of the vmcore over start to done. The "
        + "image is a raw file, every byte written beforehand, cache=unsafe. Medians, with the lowest and the highest of "
        + "the runs in parentheses; × is how many times CosmosKdump's median it is. MB are millions of bytes. The guests "
        + "have one CPU and an NVMe disk, their memory is held by the host from the start, and they differ only in "
        + "crashkernel=.";

    private const string NullMethod =
        "The same with QEMU's null-co, which takes writes at no cost: what remains is the capture itself. (The dump "
        + "area's label is read from a file through a quorum node, for both sides.)";

    private const string LimitMethod =
        "Linux: dd if=/dev/zero oflag=direct bs=1M onto the same disk in the same guest, as much as the guest has memory; "
        + "time between two console lines. Host: 1 MiB writes into the same image file without a guest, page cache only.";

    /// <summary>All tables.</summary>
    public static List<Table> Of(BenchResult result) =>
    [
        Promises(result),
        StockAdvantages.Of(result),
        .. result.Memories.SelectMany(memory => new[]
        {
            Captures(result, memory, DiskMedium.Written, "file-backed disk", FileMethod),
            Captures(result, memory, DiskMedium.NullWithLabel, "null-co disk", NullMethod),
        }),
        DependenceTable.Of(result),
        Limits(result),
        Sizes(result),
        .. result.Failures.Count == 0 ? [] : new[] { Failures(result) },
        Repeat(result),
    ];

    /// <summary>Seconds: the median, and the lowest and the highest if there are several samples.</summary>
    public static string Seconds(Sample[] samples, Func<Sample, double> figure)
    {
        double[] values = Array.ConvertAll(samples, sample => figure(sample));
        string median = Seconds(Sample.Median(values));
        return values.Length < 2 || values.Any(double.IsNaN)
            ? median
            : $"{median} ({Seconds(values.Min())}–{Seconds(values.Max())})";
    }

    /// <summary>Seconds with three decimals.</summary>
    public static string Seconds(double value) =>
        double.IsNaN(value) ? "–" : value.ToString("F3", CultureInfo.InvariantCulture);

    /// <summary>How many times another figure it is.</summary>
    public static string Times(double value, double other) =>
        double.IsNaN(value / other) ? "–" : (value / other).ToString("F1", CultureInfo.InvariantCulture);

    private static Table Promises(BenchResult result) => new(
        "Promises",
        "Stock is dd of /proc/vmcore: the same dump as ours. From the medians below. What could not be measured, because "
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

    private static Table Captures(BenchResult result, int memory, DiskMedium medium, string where, string method)
    {
        Sample? ours = result.Median(new(Side.Ours, memory, medium));
        List<string[]> rows = [];
        foreach (Side side in Enum.GetValues<Side>())
        {
            Sample[] samples = result.Samples(new(side, memory, medium));
            if (samples.Length != 0)
            {
                Sample sample = Sample.Median(samples);
                rows.Add(
                [
                    Names.Of(side),
                    Seconds(samples, one => one.ToStart), Times(sample.ToStart, ours?.ToStart ?? double.NaN),
                    Seconds(samples, one => one.ToFirstByte), Times(sample.ToFirstByte, ours?.ToFirstByte ?? double.NaN),
                    Seconds(samples, one => one.ToDone), Times(sample.ToDone, ours?.ToDone ?? double.NaN),
                    Number(sample.WrittenBytes / 1e6),
                    side == Side.StockFiltered ? "–" : Number(sample.MegabytesPerSecond),
                ]);
            }
        }
        return new(
            $"{memory / 1024} GiB guest, {where}", method,
            ["", "start, s", "×", "first byte, s", "×", "done, s", "×", "written, MB", "MB/s"], rows);
    }

    private static Table Limits(BenchResult result)
    {
        List<string[]> rows = [];
        foreach (int memory in result.Memories)
        {
            foreach (DiskMedium medium in new[] { DiskMedium.Written, DiskMedium.NullWithLabel })
            {
                double limit = result.Limit(memory, medium, LimitWriter.Linux);
                double host = result.Limit(memory, medium, LimitWriter.Host);
                double ours = result.Median(new(Side.Ours, memory, medium))?.MegabytesPerSecond ?? double.NaN;
                double stock = result.Median(new(Side.StockCopy, memory, medium))?.MegabytesPerSecond ?? double.NaN;
                string name = medium == DiskMedium.Written ? "file-backed" : "null-co";
                rows.Add(
                [
                    $"{memory / 1024} GiB, {name}", Number(limit), Share(ours, limit), Share(stock, limit), Number(host),
                    Share(ours, host),
                ]);
            }
        }
        string[] columns =
        [
            "", "Linux, MB/s", "CosmosKdump of it", "stock dd of it", "host, MB/s", "CosmosKdump of it",
        ];
        return new("The disk's own limit", LimitMethod, columns, rows);
    }

    private static Table Sizes(BenchResult result)
    {
        List<string[]> rows = [];
        foreach ((string name, long bytes) in result.ImageBytes)
        {
            rows.Add([name, Number(bytes / 1024.0) + " KiB"]);
        }
        rows.Add(["stock: vmlinuz and initramfs", Number(result.StockImageBytes / 1024.0) + " KiB"]);
        rows.Add(["crashkernel= in this bench", $"ours 4M, stock {StockKdump.CrashKernel}"]);
        foreach (Side side in new[] { Side.Ours, Side.StockCopy })
        {
            string size = result.SmallestReservationMiB.TryGetValue(side, out int found)
                ? $"{found}M"
                : Targets.NotMeasured;
            rows.Add([side == Side.Ours ? "smallest crashkernel=, ours" : "smallest crashkernel=, stock", size]);
        }
        return new(
            "Sizes",
            "Smallest reservation: the first of 1, 2, 3, 4 MiB (ours) and 64, 80, 96, 112, 128, 160 MiB (stock) with "
            + "which the 1 GiB guest loads, crashes and captures completely. Stock's initramfs holds busybox and "
            + "makedumpfile only.",
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
                ["the same on null-co", $"{name} NullWithLabel …"],
                ["the same with the guest's memory full", $"{name} Written --load Busy …"],
            ])
        {
            IsText = true,
        };
    }

    private static string Number(double value) =>
        double.IsNaN(value) ? "–" : value.ToString("F0", CultureInfo.InvariantCulture);

    private static string Share(double value, double limit) =>
        double.IsNaN(value / limit) ? "–" : Number(value / limit * 100) + " %";
}
