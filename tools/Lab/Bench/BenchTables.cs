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
        + "image is a raw file, every byte written beforehand, cache=unsafe. Medians; the guests differ only in "
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
        Verdict(result),
        .. result.Memories.SelectMany(memory => new[]
        {
            Captures(result, memory, DiskMedium.Written, "file-backed disk", FileMethod),
            Captures(result, memory, DiskMedium.NullWithLabel, "null-co disk", NullMethod),
        }),
        Limits(result),
        Sizes(result),
        .. result.Failures.Count == 0 ? [] : new[] { Failures(result) },
    ];

    /// <summary>Seconds with three decimals.</summary>
    public static string Seconds(double value) =>
        double.IsNaN(value) ? "–" : value.ToString("F3", CultureInfo.InvariantCulture);

    private static Table Verdict(BenchResult result) => new(
        "Promises",
        "Stock is `dd` of /proc/vmcore: the same dump as ours. From the medians below.",
        ["promise", "wanted", "measured", "kept"],
        [.. Targets.Judge(result).Select(target => new[]
        {
            target.Name, target.Wanted, target.Measured, target.IsMet ? "yes" : "NO",
        })]);

    private static Table Captures(BenchResult result, int memory, DiskMedium medium, string where, string method)
    {
        (Side Side, string Name)[] sides =
        [
            (Side.Ours, "CosmosKdump, ELF"),
            (Side.StockCopy, "stock, dd"),
            (Side.StockFiltered, "stock, makedumpfile -l -d 31"),
        ];
        Sample? ours = result.Median(Side.Ours, memory, medium);
        List<string[]> rows = [];
        foreach ((Side side, string name) in sides)
        {
            if (result.Median(side, memory, medium) is { } sample && ours != null)
            {
                bool isFull = side != Side.StockFiltered;
                rows.Add(
                [
                    name,
                    Seconds(sample.ToStart), Times(sample.ToStart, ours.ToStart),
                    Seconds(sample.ToFirstByte), Times(sample.ToFirstByte, ours.ToFirstByte),
                    Seconds(sample.ToDone), Times(sample.ToDone, ours.ToDone),
                    isFull ? Number(sample.DumpBytes / 1e6) : "filtered",
                    isFull ? Number(sample.MegabytesPerSecond) : "–",
                ]);
            }
        }
        return new(
            $"{memory / 1024} GiB guest, {where}", method,
            ["", "start, s", "×", "first byte, s", "×", "done, s", "×", "dump, MB", "MB/s"], rows);
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
                double ours = result.Median(Side.Ours, memory, medium)?.MegabytesPerSecond ?? double.NaN;
                double stock = result.Median(Side.StockCopy, memory, medium)?.MegabytesPerSecond ?? double.NaN;
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
        foreach ((Side side, int size) in result.SmallestReservationMiB)
        {
            rows.Add([side == Side.Ours ? "smallest crashkernel=, ours" : "smallest crashkernel=, stock", $"{size}M"]);
        }
        return new(
            "Sizes",
            "Smallest reservation: the first of 1, 2, 3, 4 MiB (ours) and 64, 80, 96, 112, 128, 160 MiB (stock) with "
            + "which the 1 GiB guest loads, crashes and captures completely. Stock's initramfs holds busybox and "
            + "makedumpfile only.",
            ["", ""], rows);
    }

    private static Table Failures(BenchResult result) => new(
        "Failed captures",
        "Left out of the medians.",
        ["guest", "side", "medium", "why"],
        [.. result.Failures.Select(failure => new[]
        {
            $"{failure.Case.MemoryMiB} MiB", $"{failure.Case.Side}", $"{failure.Case.Medium}", failure.Why,
        })]);

    private static string Number(double value) =>
        double.IsNaN(value) ? "–" : value.ToString("F0", CultureInfo.InvariantCulture);

    private static string Times(double value, double ours) =>
        double.IsNaN(value / ours) ? "–" : (value / ours).ToString("F1", CultureInfo.InvariantCulture);

    private static string Share(double value, double limit) =>
        double.IsNaN(value / limit) ? "–" : Number(value / limit * 100) + " %";
}
