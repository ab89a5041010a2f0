using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Lab.Bench.Report;
using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Lab.Bench.Disks;

/// <summary>The tables of full dumps.</summary>
public static class DiskTables
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

    /// <summary>The tables, if this part was asked for.</summary>
    public static IEnumerable<Table> Of(BenchResult result) => !result.Parts.Contains(BenchPart.Disks)
        ? []
        :
        [
            .. result.Memories.SelectMany(memory => new[]
            {
                Captures(result, memory, DiskMedium.Written, "file-backed disk", FileMethod),
                Captures(result, memory, DiskMedium.NullWithLabel, "null-co disk", NullMethod),
            }),
            DependenceTable.Of(result),
            Limits(result),
            HeldToRate(result),
        ];

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
                    Figures.Seconds(samples, one => one.ToStart), Figures.Times(sample.ToStart, ours?.ToStart ?? double.NaN),
                    Figures.Seconds(samples, one => one.ToFirstByte), Figures.Times(sample.ToFirstByte, ours?.ToFirstByte ?? double.NaN),
                    Figures.Seconds(samples, one => one.ToDone), Figures.Times(sample.ToDone, ours?.ToDone ?? double.NaN),
                    Figures.Number(sample.WrittenBytes / 1e6),
                    side == Side.StockFiltered ? "–" : Figures.Number(sample.MegabytesPerSecond),
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
                    $"{memory / 1024} GiB, {name}", Figures.Number(limit), Figures.Share(ours, limit), Figures.Share(stock, limit), Figures.Number(host),
                    Figures.Share(ours, host),
                ]);
            }
        }
        foreach (DiskInterface disk in DiskRounds.OtherDisks)
        {
            int memory = result.BusyMemoryMiB;
            double limit = result.Limit(memory, DiskMedium.Written, LimitWriter.Linux, disk);
            double host = result.Limit(memory, DiskMedium.Written, LimitWriter.Host);
            Sample? ours = result.Median(new(Side.Ours, memory, DiskMedium.Written, Disk: disk));
            double rate = ours?.MegabytesPerSecond ?? double.NaN;
            rows.Add(
            [
                $"{memory / 1024} GiB, {Names.Of(disk)}, file-backed", Figures.Number(limit), Figures.Share(rate, limit), "–",
                Figures.Number(host), Figures.Share(rate, host),
            ]);
        }
        string[] columns =
        [
            "", "Linux, MB/s", "CosmosKdump of it", "stock dd of it", "host, MB/s", "CosmosKdump of it",
        ];
        return new("The disk's own limit", LimitMethod, columns, rows);
    }

    private static Table HeldToRate(BenchResult result) => new(
        "Disks with a limit",
        $"QEMU's throttle filter holds each disk to {DiskRounds.HeldToMBps} MB/s, which is less than this host takes: how much of "
        + "that a capture makes use of, from its first console line to the line after the last flush. The filter lets a tenth of "
        + "a second's worth pass at once.",
        ["", "seconds", "MB/s", "of the limit"],
        [.. DiskRounds.HeldToRate(result.BusyMemoryMiB).Select(one => new[]
        {
            Names.Of(one.Disk),
            Figures.Seconds(result.Samples(one), sample => sample.Capturing),
            Figures.Number(result.Median(one)?.MegabytesPerSecond ?? double.NaN),
            Figures.Share(result.Median(one)?.MegabytesPerSecond ?? double.NaN, one.LimitMBps),
        })]);
}
