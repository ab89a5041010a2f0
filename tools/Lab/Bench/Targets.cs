using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Lab.Bench;

/// <summary>
/// Holds what was measured against what the project promises. A promise whose figures are missing is not kept: captures
/// that fail never make a bench look better.
/// </summary>
public static class Targets
{
    /// <summary>What stands in the place of a figure that is missing.</summary>
    public const string NotMeasured = "not measured";

    private const int ImageLimitBytes = 384 * 1024;
    private const int ReservationMiB = 4;
    private const double FirstByteRatio = 30;
    private const double LimitShare = 0.8;
    private const double NullRatio = 10;
    private const double DoneRatio = 4;
    private const double LinearSlack = 1.5;
    private const double BusySlack = 1.5;

    /// <summary>Every promise that the bench can judge.</summary>
    public static List<Target> Judge(BenchResult result) =>
    [
        Image(result),
        Reservation(result),
        .. result.Memories.SelectMany(memory => OfGuest(result, memory)),
        Busy(result, DiskMedium.Written),
        Busy(result, DiskMedium.NullWithLabel),
        BusyReservation(result),
        Linear(result),
    ];

    /// <summary>Whether a bench ended well: every capture succeeded, and every promise that was looked at is kept.</summary>
    public static bool AreMet(BenchResult result) =>
        result.Failures.Count == 0 && NotKept(result) == 0;

    /// <summary>How many promises are not kept.</summary>
    public static int NotKept(BenchResult result) => Judge(result).Count(target => target.Verdict == Verdict.NotKept);

    private static Target Image(BenchResult result)
    {
        double kibibytes = result.ImageBytes.Values.DefaultIfEmpty().Max() / 1024.0;
        double figure = kibibytes == 0 ? double.NaN : kibibytes;
        return Judged(
            "image", "at most 384 KiB", figure, Text($"{figure:F0} KiB"), figure <= ImageLimitBytes / 1024.0);
    }

    private static Target Reservation(BenchResult result)
    {
        double found = result.SmallestReservationMiB.TryGetValue(Side.Ours, out int size) ? size : double.NaN;
        return Judged("reservation", "crashkernel=4M", found, $"crashkernel={size}M", found <= ReservationMiB);
    }

    private static IEnumerable<Target> OfGuest(BenchResult result, int memory)
    {
        string guest = $"{memory / 1024} GiB";
        Sample? ours = result.Median(new(Side.Ours, memory, DiskMedium.Written));
        Sample? stock = result.Median(new(Side.StockCopy, memory, DiskMedium.Written));
        yield return AtLeast($"{guest}: panic to first byte", FirstByteRatio, stock?.ToFirstByte / ours?.ToFirstByte);
        yield return AtLeast($"{guest}: panic to done, file-backed", DoneRatio, stock?.ToDone / ours?.ToDone);
        double limit = result.Limit(memory, DiskMedium.Written, LimitWriter.Linux);
        double share = ours?.MegabytesPerSecond / limit ?? double.NaN;
        yield return Judged(
            $"{guest}: rate, file-backed", "at least 80 % of the disk's own limit", share, Text($"{share * 100:F0} %"),
            share >= LimitShare);
        double? oursNull = result.Median(new(Side.Ours, memory, DiskMedium.NullWithLabel))?.MegabytesPerSecond;
        double? stockNull = result.Median(new(Side.StockCopy, memory, DiskMedium.NullWithLabel))?.MegabytesPerSecond;
        yield return AtLeast($"{guest}: rate, null-co", NullRatio, oursNull / stockNull);
    }

    private static Target AtLeast(string name, double wanted, double? ratio) => Judged(
        name, Text($"at least {wanted:F0} times stock"), ratio ?? double.NaN, Text($"{ratio:F1} times"), ratio >= wanted);

    // What the guest ran must not matter: the same guest, but its memory is full and hundreds of tasks sleep.
    private static Target Busy(BenchResult result, DiskMedium medium)
    {
        int memory = result.BusyMemoryMiB;
        double? idle = result.Median(new(Side.Ours, memory, medium))?.ToDone;
        double? busy = result.Median(new(Side.Ours, memory, medium, GuestLoad.Busy))?.ToDone;
        double ratio = busy / idle ?? double.NaN;
        string where = medium == DiskMedium.Written ? "file-backed" : "null-co";
        return Judged(
            $"{memory / 1024} GiB, memory full, 300 tasks more: panic to done, {where}",
            Text($"at most {BusySlack:F1} times the idle guest's"), ratio, Text($"{ratio:F2} times"),
            ratio <= BusySlack);
    }

    private static Target BusyReservation(BenchResult result)
    {
        IEnumerable<string> each = result.BusyReservations.OrderByDescending(one => one.Key)
            .Select(one => $"{one.Key}M {(one.Value ? "works" : "does not")}");
        bool isMet = result.BusyReservations.Values.All(works => works)
            && result.BusyReservations.ContainsKey(ReservationMiB)
            && result.SmallestReservationMiB.TryGetValue(Side.Ours, out int smallest)
            && result.BusyReservations.ContainsKey(smallest);
        return Judged(
            $"{result.BusyMemoryMiB / 1024} GiB, memory full, 300 tasks more: reservation",
            "4M, and the idle guest's smallest", result.BusyReservations.Count == 0 ? double.NaN : 0,
            string.Join(", ", each), isMet);
    }

    // Time may grow with memory, not faster.
    private static Target Linear(BenchResult result)
    {
        const string Promise = "time linear in memory";
        if (result.Memories.Count < 2)
        {
            return new(Promise, "guests of two sizes", $"{NotMeasured} (--quick)", Verdict.LeftOut);
        }
        string name = $"{Promise}: {result.Memories[0] / 1024} and {result.Memories[^1] / 1024} GiB, null-co";
        Sample? small = result.Median(new(Side.Ours, result.Memories[0], DiskMedium.NullWithLabel));
        Sample? large = result.Median(new(Side.Ours, result.Memories[^1], DiskMedium.NullWithLabel));
        double memory = (double?)large?.DumpBytes / small?.DumpBytes ?? double.NaN;
        double time = large?.Capturing / small?.Capturing ?? double.NaN;
        string wanted = double.IsNaN(memory)
            ? "as many times as long as the dump is longer, give or take half"
            : Text($"at most {memory:F1} times as long, as the dump is, give or take half");
        return Judged(name, wanted, time, Text($"{time:F1} times as long"), time <= memory * LinearSlack);
    }

    // A figure that is no number was not measured, and what was not measured is not kept.
    private static Target Judged(string name, string wanted, double figure, string text, bool isMet)
    {
        bool isMeasured = double.IsFinite(figure);
        return new(
            name, wanted, isMeasured ? text : NotMeasured, isMeasured && isMet ? Verdict.Kept : Verdict.NotKept);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
