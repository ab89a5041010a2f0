using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Lab.Bench;

/// <summary>Holds what was measured against what the project promises.</summary>
public static class Targets
{
    private const int ImageLimitBytes = 384 * 1024;
    private const int ReservationMiB = 4;
    private const double FirstByteRatio = 30;
    private const double LimitShare = 0.8;
    private const double NullRatio = 10;
    private const double DoneRatio = 4;
    private const double LinearSlack = 1.5;

    /// <summary>Every promise that the bench can judge.</summary>
    public static List<Target> Judge(BenchResult result)
    {
        long image = result.ImageBytes.Values.Max();
        List<Target> targets =
        [
            new("image", "at most 384 KiB", Text($"{image / 1024.0:F0} KiB"), image <= ImageLimitBytes),
        ];
        if (result.SmallestReservationMiB.TryGetValue(Side.Ours, out int reservation))
        {
            bool isMet = reservation <= ReservationMiB;
            targets.Add(new("reservation", "crashkernel=4M", $"crashkernel={reservation}M", isMet));
        }
        foreach (int memory in result.Memories)
        {
            AddGuest(targets, result, memory);
        }
        AddLinear(targets, result);
        return targets;
    }

    private static void AddGuest(List<Target> targets, BenchResult result, int memory)
    {
        string guest = $"{memory / 1024} GiB";
        if (Pair(result, memory, DiskMedium.Written) is var (ours, stock))
        {
            AddRatio(targets, $"{guest}: panic to first byte", FirstByteRatio, stock.ToFirstByte / ours.ToFirstByte);
            AddRatio(targets, $"{guest}: panic to done, file-backed", DoneRatio, stock.ToDone / ours.ToDone);
            double limit = result.Limit(memory, DiskMedium.Written, LimitWriter.Linux);
            double share = ours.MegabytesPerSecond / limit;
            targets.Add(new(
                $"{guest}: rate, file-backed", "at least 80 % of the disk's own limit", Text($"{share * 100:F0} %"),
                share >= LimitShare));
        }
        if (Pair(result, memory, DiskMedium.NullWithLabel) is var (oursNull, stockNull))
        {
            double ratio = oursNull.MegabytesPerSecond / stockNull.MegabytesPerSecond;
            AddRatio(targets, $"{guest}: rate, null-co", NullRatio, ratio);
        }
    }

    // Time may grow with memory, not faster.
    private static void AddLinear(List<Target> targets, BenchResult result)
    {
        int[] memories = [.. result.Memories];
        if (memories.Length < 2)
        {
            return;
        }
        Sample? small = result.Median(Side.Ours, memories[0], DiskMedium.NullWithLabel);
        Sample? large = result.Median(Side.Ours, memories[^1], DiskMedium.NullWithLabel);
        if (small != null && large != null)
        {
            double memory = (double)large.DumpBytes / small.DumpBytes;
            double time = large.Capturing / small.Capturing;
            targets.Add(new(
                "time linear in memory, null-co", Text($"at most {memory:F1} times as long, give or take half"),
                Text($"{time:F1} times as long"), time <= memory * LinearSlack));
        }
    }

    private static (Sample Ours, Sample Stock)? Pair(BenchResult result, int memory, DiskMedium medium)
    {
        Sample? ours = result.Median(Side.Ours, memory, medium);
        Sample? stock = result.Median(Side.StockCopy, memory, medium);
        return ours == null || stock == null ? null : (ours, stock);
    }

    private static void AddRatio(List<Target> targets, string name, double wanted, double measured)
    {
        string text = Text($"at least {wanted:F0} times stock");
        targets.Add(new(name, text, Text($"{measured:F1} times"), measured >= wanted));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
