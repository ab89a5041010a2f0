using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Lab.Bench.Disks;

/// <summary>The promises of full ELF dumps, of the image and of the reservation.</summary>
public static class DiskTargets
{
    private const int ImageLimitBytes = 384 * 1024;
    private const int ReservationMiB = 4;
    private const double FirstByteRatio = 30;
    private const double LimitShare = 0.8;
    private const double NullRatio = 10;
    private const double DoneRatio = 4;
    private const double LinearSlack = 1.5;
    private const double BusySlack = 1.5;

    /// <summary>Every promise of this part.</summary>
    public static List<Target> Judge(BenchResult result) =>
    [
        Image(result),
        Reservation(result),
        .. result.Memories.SelectMany(memory => OfGuest(result, memory)),
        .. DiskRounds.OtherDisks.Select(disk => Rate(
            result, result.BusyMemoryMiB, disk, $"{result.BusyMemoryMiB / 1024} GiB: rate, {Names.Of(disk)}, file-backed")),
        .. DiskRounds.HeldToRate(result.BusyMemoryMiB).Select(one => HeldToRate(result, one)),
        Busy(result, DiskMedium.Written),
        Busy(result, DiskMedium.NullWithLabel),
        BusyReservation(result),
        Linear(result),
    ];

    private static Target Image(BenchResult result)
    {
        double kibibytes = result.ImageBytes.Values.DefaultIfEmpty().Max() / 1024.0;
        double figure = kibibytes == 0 ? double.NaN : kibibytes;
        return Judgement.Of(
            "image", "at most 384 KiB", figure, Judgement.Text($"{figure:F0} KiB"), figure <= ImageLimitBytes / 1024.0);
    }

    private static Target Reservation(BenchResult result)
    {
        double found = result.SmallestReservationMiB.TryGetValue(Side.Ours, out int size) ? size : double.NaN;
        return Judgement.Of("reservation", "crashkernel=4M", found, $"crashkernel={size}M", found <= ReservationMiB);
    }

    private static IEnumerable<Target> OfGuest(BenchResult result, int memory)
    {
        string guest = $"{memory / 1024} GiB";
        Sample? ours = result.Median(new(Side.Ours, memory, DiskMedium.Written));
        Sample? stock = result.Median(new(Side.StockCopy, memory, DiskMedium.Written));
        yield return Judgement.AtLeast($"{guest}: panic to first byte", FirstByteRatio, stock?.ToFirstByte / ours?.ToFirstByte);
        yield return Judgement.AtLeast($"{guest}: panic to done, file-backed", DoneRatio, stock?.ToDone / ours?.ToDone);
        yield return Rate(result, memory, DiskInterface.Nvme, $"{guest}: rate, file-backed");
        double? oursNull = result.Median(new(Side.Ours, memory, DiskMedium.NullWithLabel))?.MegabytesPerSecond;
        double? stockNull = result.Median(new(Side.StockCopy, memory, DiskMedium.NullWithLabel))?.MegabytesPerSecond;
        yield return Judgement.AtLeast($"{guest}: rate, null-co", NullRatio, oursNull / stockNull);
    }

    private static Target Rate(BenchResult result, int memory, DiskInterface disk, string name)
    {
        Sample? ours = result.Median(new(Side.Ours, memory, DiskMedium.Written, Disk: disk));
        double limit = result.Limit(memory, DiskMedium.Written, LimitWriter.Linux, disk);
        double share = ours?.MegabytesPerSecond / limit ?? double.NaN;
        return Judgement.Of(
            name, "at least 80 % of the disk's own limit", share, Judgement.Text($"{share * 100:F0} %"), share >= LimitShare);
    }

    private static Target HeldToRate(BenchResult result, BenchCase one)
    {
        double share = result.Median(one)?.MegabytesPerSecond / one.LimitMBps ?? double.NaN;
        return Judgement.Of(
            $"{one.MemoryMiB / 1024} GiB: rate, {Names.Of(one.Disk)}, disk of {one.LimitMBps} MB/s",
            "at least 80 % of the disk's own limit", share, Judgement.Text($"{share * 100:F0} %"), share >= LimitShare);
    }

    // What the guest ran must not matter: the same guest, but its memory is full and hundreds of tasks sleep.
    private static Target Busy(BenchResult result, DiskMedium medium)
    {
        int memory = result.BusyMemoryMiB;
        double? idle = result.Median(new(Side.Ours, memory, medium))?.ToDone;
        double? busy = result.Median(new(Side.Ours, memory, medium, GuestLoad.Busy))?.ToDone;
        double ratio = busy / idle ?? double.NaN;
        string where = medium == DiskMedium.Written ? "file-backed" : "null-co";
        return Judgement.Of(
            $"{memory / 1024} GiB, memory full, 300 tasks more: panic to done, {where}",
            Judgement.Text($"at most {BusySlack:F1} times the idle guest's"), ratio, Judgement.Text($"{ratio:F2} times"),
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
        return Judgement.Of(
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
            return new(Promise, "guests of two sizes", $"{Judgement.NotMeasured} (--quick)", Verdict.LeftOut);
        }
        string name = $"{Promise}: {result.Memories[0] / 1024} and {result.Memories[^1] / 1024} GiB, null-co";
        Sample? small = result.Median(new(Side.Ours, result.Memories[0], DiskMedium.NullWithLabel));
        Sample? large = result.Median(new(Side.Ours, result.Memories[^1], DiskMedium.NullWithLabel));
        double memory = (double?)large?.DumpBytes / small?.DumpBytes ?? double.NaN;
        double time = large?.Capturing / small?.Capturing ?? double.NaN;
        string wanted = double.IsNaN(memory)
            ? "as many times as long as the dump is longer, give or take half"
            : Judgement.Text($"at most {memory:F1} times as long, as the dump is, give or take half");
        return Judgement.Of(name, wanted, time, Judgement.Text($"{time:F1} times as long"), time <= memory * LinearSlack);
    }
}
