using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CosmosKdump.Lab.Bench.Report;
using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Lab.Bench.Disks;

/// <summary>What time and memory depend on: what the guest ran must not matter, its memory's size may.</summary>
public static class DependenceTable
{
    private const string Method =
        "The full guest is the idle one after 300 processes more went to sleep and a tmpfs was filled with random data, "
        + "32 MiB of it again and again, until 64 to 96 MiB were left; memory in use and tasks as that guest told them "
        + "before it crashed. Time is linear in memory: a larger guest takes as many times as long as its dump is longer. "
        + "× is to the same side's smallest idle guest.";

    /// <summary>The table.</summary>
    public static Table Of(BenchResult result)
    {
        List<string[]> rows = [];
        foreach (Side side in Enum.GetValues<Side>())
        {
            foreach ((int memory, GuestLoad load) in result.Guests)
            {
                BenchCase written = new(side, memory, DiskMedium.Written, load);
                BenchCase none = written with { Medium = DiskMedium.NullWithLabel };
                if (result.Work(written) is { } work)
                {
                    string guest = $"{memory / 1024} GiB, {(load == GuestLoad.Busy ? "full" : "idle")}";
                    rows.Add(
                    [
                        $"{Names.Of(side)}: {guest}", Number(work.Tasks), $"{Number(work.MemoryMiB)} of {Number(work.TotalMiB)}",
                        .. Done(result, written), .. Done(result, none),
                        side == Side.Ours ? Reservations(result, memory, load) : "–",
                    ]);
                }
            }
        }
        return new(
            "What the time and the reservation depend on",
            Method,
            ["", "tasks", "in use, MiB", "done, s, file-backed", "×", "done, s, null-co", "×", "crashkernel="],
            rows);
    }

    private static string[] Done(BenchResult result, BenchCase one)
    {
        Sample[] samples = result.Samples(one);
        Sample? idle = result.Median(one with { MemoryMiB = result.BusyMemoryMiB, Load = GuestLoad.Idle });
        double done = result.Median(one)?.ToDone ?? double.NaN;
        return [Figures.Seconds(samples, sample => sample.ToDone), Figures.Times(done, idle?.ToDone ?? double.NaN)];
    }

    // With what the guest was captured; all captures of the table were with 4M.
    private static string Reservations(BenchResult result, int memory, GuestLoad load)
    {
        if (load == GuestLoad.Busy)
        {
            return string.Join(", ", result.BusyReservations
                .OrderByDescending(one => one.Key)
                .Select(one => $"{one.Key}M{(one.Value ? "" : " fails")}"));
        }
        return memory == result.BusyMemoryMiB && result.SmallestReservationMiB.TryGetValue(Side.Ours, out int size)
            ? $"4M, {size}M"
            : "4M";
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
