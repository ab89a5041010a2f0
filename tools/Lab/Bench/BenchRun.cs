using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Bench;

/// <summary>The whole bench: each side in turn on the same guests, several times.</summary>
public static class BenchRun
{
    private static readonly int[] OurReservations = [1, 2, 3, 4];
    private static readonly int[] StockReservations = [64, 80, 96, 112, 128, 160];
    private static readonly TimeSpan FitsLimit = TimeSpan.FromSeconds(120);

    /// <summary>Measures everything; a capture that fails is noted and does not end the bench.</summary>
    /// <param name="runs">Runs of each case.</param>
    /// <param name="quick">Only the 1 GiB guest, and no search for stock kdump's smallest reservation.</param>
    /// <param name="progress">Where it tells what it does.</param>
    /// <param name="save">Called with what there is whenever a round of cases is complete.</param>
    public static BenchResult Run(int runs, bool quick, Progress progress, Action<BenchResult> save)
    {
        CaptureBench bench = new(progress);
        BenchResult result = new()
        {
            KernelRelease = DebianKernel.Of(KernelSeries.Linux61, progress).Release,
            Host = HostText(),
            HostLoad = File.ReadAllText("/proc/loadavg").Split(' ')[0],
            Runs = runs,
            Revision = Revision(),
            Command = $"./build.sh bench --runs {runs}{(quick ? " --quick" : "")}",
            Memories = quick ? [1024] : [1024, 4096],
            StockImageBytes = bench.StockImageBytes,
            ImageBytes = new[] { Repository.BzImage, Repository.ElfImage }
                .ToDictionary(path => Path.GetFileName(path), path => new FileInfo(path).Length),
        };
        Reservation(Side.Ours, OurReservations, bench, result, progress);
        BusyReservations(bench, result, progress);
        foreach (int memory in result.Memories)
        {
            Guests(memory, runs, bench, result, progress, save);
        }
        if (!quick)
        {
            Reservation(Side.StockCopy, StockReservations, bench, result, progress);
        }
        return result;
    }

    private static void Guests(int memory, int runs, CaptureBench bench, BenchResult result, Progress progress,
        Action<BenchResult> save)
    {
        progress.Begin($"writing a disk image for the {memory} MiB guest");
        using BenchDisk disk = new(memory, Path.Combine(Repository.Artifacts, "bench"));
        progress.Done();
        List<BenchCase> cases =
        [
            new(Side.Ours, memory, DiskMedium.Written),
            new(Side.StockCopy, memory, DiskMedium.Written),
            new(Side.StockFiltered, memory, DiskMedium.Written),
            new(Side.Ours, memory, DiskMedium.NullWithLabel),
            new(Side.StockCopy, memory, DiskMedium.NullWithLabel),
        ];
        if (memory == result.BusyMemoryMiB)
        {
            cases.AddRange(cases.ConvertAll(one => one with { Load = GuestLoad.Busy }));
        }
        for (int run = 1; run <= runs; run++)
        {
            foreach (BenchCase one in cases)
            {
                progress.Begin($"run {run} of {runs}: {one}");
                try
                {
                    BenchCapture capture = bench.Measure(one, disk);
                    result.Captures.Add(capture);
                    progress.Done($"panic to done {capture.Sample.ToDone:F3} s");
                }
                catch (LabException error)
                {
                    progress.Done(Failed(result, $"{one}", error));
                }
            }
            progress.Begin($"{memory} MiB, run {run} of {runs}: the disk's own limit");
            progress.Done(Limit(memory, bench, disk, result, progress));
            save(result);
        }
    }

    private static string Limit(int memory, CaptureBench bench, BenchDisk disk, BenchResult result, Progress progress)
    {
        GuestDisk[] media = [disk.Next(prepared: false), new() { Medium = DiskMedium.NullWithLabel }];
        result.Limits.Add(DiskLimit.OfHost(memory, disk.Path));
        try
        {
            foreach (GuestDisk medium in media)
            {
                result.Limits.Add(DiskLimit.OfLinux(bench.Options(Side.Ours, memory, medium), progress));
            }
        }
        catch (LabException error)
        {
            return Failed(result, $"{memory / 1024} GiB guest, the disk's own limit", error);
        }
        return $"{result.Limits[^2].MegabytesPerSecond:F0} MB/s by Linux in the guest";
    }

    private static void Reservation(Side side, IEnumerable<int> sizes, CaptureBench bench, BenchResult result,
        Progress progress)
    {
        foreach (int size in sizes)
        {
            if (Fits(side, size, GuestLoad.Idle, bench, result, progress) == true)
            {
                result.SmallestReservationMiB[side] = size;
                return;
            }
        }
    }

    // What an idle guest needs must be enough for one whose memory is full.
    private static void BusyReservations(CaptureBench bench, BenchResult result, Progress progress)
    {
        int smallest = result.SmallestReservationMiB.GetValueOrDefault(Side.Ours, OurReservations[^1]);
        foreach (int size in new[] { OurReservations[^1], smallest }.Distinct())
        {
            if (Fits(Side.Ours, size, GuestLoad.Busy, bench, result, progress) is { } fits)
            {
                result.BusyReservations[size] = fits;
            }
        }
    }

    private static bool? Fits(
        Side side, int size, GuestLoad load, CaptureBench bench, BenchResult result, Progress progress)
    {
        string what = $"{(load == GuestLoad.Busy ? "busy guest, " : "")}{Names.Of(side)}, crashkernel={size}M";
        progress.Begin(what);
        try
        {
            bool fits = bench.Fits(side, size, load, FitsLimit);
            progress.Done(fits ? "works" : "does not");
            return fits;
        }
        catch (LabException error)
        {
            progress.Done(Failed(result, what, error));
            return null;
        }
    }

    private static string Failed(BenchResult result, string what, LabException error)
    {
        string why = error.Message.Split('\n')[0];
        result.Failures.Add(new(what, why));
        return $"failed: {why}";
    }

    private static string Revision()
    {
        try
        {
            return HostCommand.Output("git", "-C", Repository.Root, "describe", "--always", "--dirty").Trim();
        }
        catch (LabException)
        {
            return "";
        }
    }

    private static string HostText()
    {
        string model = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal), ":")
            .Split(':')[1].Trim();
        string emulator = HostCommand.Output("qemu-system-x86_64", "--version").Split('\n')[0];
        return $"{Environment.ProcessorCount} cores of {model}; {emulator}, software emulation (TCG)";
    }
}
