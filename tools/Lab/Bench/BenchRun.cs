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
    /// <param name="quick">Only the 1 GiB guest, and no search for the smallest reservation.</param>
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
            StockImageBytes = bench.StockImageBytes,
            ImageBytes = new[] { Repository.BzImage, Repository.ElfImage }
                .ToDictionary(path => Path.GetFileName(path), path => new FileInfo(path).Length),
        };
        foreach (int memory in quick ? [1024] : new[] { 1024, 4096 })
        {
            Guests(memory, runs, bench, result, progress, save);
        }
        if (!quick)
        {
            Reservation(Side.Ours, OurReservations, bench, result, progress);
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
        BenchCase[] cases =
        [
            new(Side.Ours, memory, DiskMedium.Written),
            new(Side.StockCopy, memory, DiskMedium.Written),
            new(Side.StockFiltered, memory, DiskMedium.Written),
            new(Side.Ours, memory, DiskMedium.NullWithLabel),
            new(Side.StockCopy, memory, DiskMedium.NullWithLabel),
        ];
        for (int run = 1; run <= runs; run++)
        {
            foreach (BenchCase one in cases)
            {
                progress.Begin($"{memory} MiB, run {run} of {runs}: {one.Side} to {one.Medium}");
                try
                {
                    BenchCapture capture = bench.Measure(one, disk);
                    result.Captures.Add(capture);
                    progress.Done($"panic to done {capture.Sample.ToDone:F3} s");
                }
                catch (LabException error)
                {
                    string why = error.Message.Split('\n')[0];
                    result.Failures.Add(new(one, why));
                    progress.Done($"failed: {why}");
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
            return $"failed: {error.Message.Split('\n')[0]}";
        }
        return $"{result.Limits[^2].MegabytesPerSecond:F0} MB/s by Linux in the guest";
    }

    private static void Reservation(Side side, IEnumerable<int> sizes, CaptureBench bench, BenchResult result,
        Progress progress)
    {
        foreach (int size in sizes)
        {
            progress.Begin($"{side}: capture with crashkernel={size}M");
            bool fits = bench.Fits(side, size, FitsLimit);
            progress.Done(fits ? "works" : "does not");
            if (fits)
            {
                result.SmallestReservationMiB[side] = size;
                return;
            }
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
