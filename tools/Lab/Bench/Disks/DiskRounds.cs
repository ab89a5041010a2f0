using System.Collections.Generic;
using System.IO;
using System.Linq;
using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Lab.Bench.Disks;

/// <summary>Captures full dumps, each once in a round; each size of guest has a disk image of its own.</summary>
public sealed class DiskRounds : IBenchRounds
{
    /// <summary>Disks whose rates are measured besides the NVMe disk's.</summary>
    public static IReadOnlyList<DiskInterface> OtherDisks { get; } =
        [DiskInterface.VirtioModern, DiskInterface.Ahci, DiskInterface.VirtioScsi];

    /// <summary>
    /// Rate that QEMU holds a disk to, MB/s: what Linux writes in software emulation is the emulator's limit, this one is
    /// the disk's.
    /// </summary>
    public const int HeldToMBps = 400;

    /// <summary>Captures to a disk that QEMU holds to a rate, each driver's.</summary>
    public static IEnumerable<BenchCase> HeldToRate(int memoryMiB) => OtherDisks.Prepend(DiskInterface.Nvme)
        .Select(disk => new BenchCase(Side.Ours, memoryMiB, DiskMedium.Written, Disk: disk, LimitMBps: HeldToMBps));

    private readonly Measurements _measurements;
    private readonly CaptureBench _bench;
    private readonly Dictionary<int, BenchDisk> _disks = [];

    /// <summary>Writes the disk images.</summary>
    public DiskRounds(CaptureBench bench, Measurements measurements)
    {
        _bench = bench;
        _measurements = measurements;
        foreach (int memory in measurements.Result.Memories)
        {
            measurements.Progress.Begin($"writing a disk image for the {memory} MiB guest");
            _disks[memory] = BenchDisk.ForMemory(memory, Path.Combine(Repository.Artifacts, "bench"));
            measurements.Progress.Done();
        }
    }

    /// <inheritdoc/>
    public void Measure(int round)
    {
        foreach (int memory in _measurements.Result.Memories)
        {
            foreach (BenchCase one in Cases(memory).Where(one => round == 1 || !IsLong(one)))
            {
                _measurements.Take($"round {round}: {one}", () =>
                {
                    BenchCapture capture = _bench.Measure(one, _disks[memory]);
                    _measurements.Result.Captures.Add(capture);
                    return Judgement.Text($"panic to done {capture.Sample.ToDone:F3} s");
                });
            }
            if (round == 1 || memory == _measurements.Result.BusyMemoryMiB)
            {
                _measurements.Take(
                    $"round {round}: {memory / 1024} GiB guest, the disk's own limit", () => Limit(memory));
            }
            if (memory == _measurements.Result.BusyMemoryMiB)
            {
                foreach (DiskInterface disk in OtherDisks)
                {
                    _measurements.Take(
                        $"round {round}: {memory / 1024} GiB guest, limit of the {Names.Of(disk)} disk",
                        () => Limit(memory, disk));
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (BenchDisk disk in _disks.Values)
        {
            disk.Dispose();
        }
    }

    private IEnumerable<BenchCase> Cases(int memory)
    {
        List<BenchCase> cases =
        [
            new(Side.Ours, memory, DiskMedium.Written),
            new(Side.StockCopy, memory, DiskMedium.Written),
            new(Side.StockFiltered, memory, DiskMedium.Written),
            new(Side.Ours, memory, DiskMedium.NullWithLabel),
            new(Side.StockCopy, memory, DiskMedium.NullWithLabel),
        ];
        if (memory == _measurements.Result.BusyMemoryMiB)
        {
            cases.AddRange(cases.ConvertAll(one => one with { Load = GuestLoad.Busy }));
            cases.AddRange(OtherDisks.Select(disk => new BenchCase(Side.Ours, memory, DiskMedium.Written, Disk: disk)));
            cases.AddRange(HeldToRate(memory));
        }
        return cases;
    }

    // dd of a large guest takes minutes, and dd of a busy one is told for completeness: once is enough.
    private bool IsLong(BenchCase one) => one.Side == Side.StockCopy
        && (one.MemoryMiB != _measurements.Result.BusyMemoryMiB || one.Load == GuestLoad.Busy);

    private string Limit(int memory, DiskInterface disk)
    {
        GuestDisk medium = _disks[memory].Next(prepared: false) with { Interface = disk };
        DiskLimit limit = DiskLimit.OfLinux(_bench.Options(Side.Ours, memory, medium), _measurements.Progress);
        _measurements.Result.Limits.Add(limit);
        return Judgement.Text($"{limit.MegabytesPerSecond:F0} MB/s by Linux in the guest");
    }

    private string Limit(int memory)
    {
        BenchDisk disk = _disks[memory];
        List<DiskLimit> limits = _measurements.Result.Limits;
        GuestDisk[] media = [disk.Next(prepared: false), new() { Medium = DiskMedium.NullWithLabel }];
        limits.Add(DiskLimit.OfHost(memory, disk.Path));
        foreach (GuestDisk medium in media)
        {
            limits.Add(DiskLimit.OfLinux(_bench.Options(Side.Ours, memory, medium), _measurements.Progress));
        }
        return Judgement.Text($"{limits[^2].MegabytesPerSecond:F0} MB/s by Linux in the guest");
    }
}
