using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Lab.Bench.Conversions;
using CosmosKdump.Lab.Bench.Disks;
using CosmosKdump.Lab.Bench.Filtered;
using CosmosKdump.Lab.Bench.Network;
using CosmosKdump.Lab.Bench.Saving;
using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Lab.Bench;

/// <summary>All that one bench measured.</summary>
public sealed class BenchResult
{
    /// <summary>When it began.</summary>
    public DateTimeOffset Started { get; init; } = DateTimeOffset.Now;

    /// <summary>Release of the kernel that crashed, and that stock kdump boots.</summary>
    public string KernelRelease { get; init; } = "";

    /// <summary>Processor of the host, its cores, and the emulator.</summary>
    public string Host { get; init; } = "";

    /// <summary>The host's load average over the last minute when the bench began.</summary>
    public string HostLoad { get; init; } = "";

    /// <summary>Rounds that began; each measures every case once, but for what takes minutes.</summary>
    public int Runs { get; set; }

    /// <summary>The parts that were asked for.</summary>
    public IReadOnlyList<BenchPart> Parts { get; init; } = Enum.GetValues<BenchPart>();

    /// <summary>The revision of this work tree, <c>-dirty</c> if it was changed; empty if git does not tell.</summary>
    public string Revision { get; init; } = "";

    /// <summary>The command that repeats the bench.</summary>
    public string Command { get; init; } = "";

    /// <summary>Sizes of the guests that were to be measured with full dumps, MiB, the smallest first.</summary>
    public IReadOnlyList<int> Memories { get; init; } = [];

    /// <summary>Sizes of the guests whose filter was to be measured, MiB, the smallest first.</summary>
    public IReadOnlyList<int> LargeMemories { get; init; } = [];

    /// <summary>Size of the guest that is also measured with its memory full, MiB.</summary>
    public int BusyMemoryMiB => Memories.FirstOrDefault();

    /// <summary>The guests: their memory, MiB, and what is in it.</summary>
    public IEnumerable<(int MemoryMiB, GuestLoad Load)> Guests => Memories.SelectMany(memory =>
        memory == BusyMemoryMiB
            ? new[] { (memory, GuestLoad.Idle), (memory, GuestLoad.Busy) }
            : [(memory, GuestLoad.Idle)]);

    /// <summary>Our images' lengths, bytes, by name.</summary>
    public Dictionary<string, long> ImageBytes { get; init; } = [];

    /// <summary>Stock kdump's kernel and initramfs together, bytes.</summary>
    public long StockImageBytes { get; set; }

    /// <summary>Memory that our kernel takes with everything in it, further CPUs too, bytes.</summary>
    public long RunTimeBytes { get; init; }

    /// <summary>Every capture of a full dump.</summary>
    public List<BenchCapture> Captures { get; init; } = [];

    /// <summary>Every capture of a dump of level 31.</summary>
    public List<FilteredCapture> Filtered { get; init; } = [];

    /// <summary>Every conversion.</summary>
    public List<ConversionSample> Conversions { get; init; } = [];

    /// <summary>Every copy of a dump on the host.</summary>
    public List<SaveSample> Saves { get; init; } = [];

    /// <summary>Every transfer over a network.</summary>
    public List<NetworkSample> Transfers { get; init; } = [];

    /// <summary>How often makedumpfile died of a signal while it converted, and was run again.</summary>
    public int MakedumpfileAborts { get; set; }

    /// <summary>Measurements that did not succeed.</summary>
    public List<BenchFailure> Failures { get; init; } = [];

    /// <summary>The disk's own limit, every measurement.</summary>
    public List<DiskLimit> Limits { get; init; } = [];

    /// <summary>Smallest reservation with which a capture succeeded, MiB; empty if it was not looked for.</summary>
    public Dictionary<Side, int> SmallestReservationMiB { get; init; } = [];

    /// <summary>For each reservation, MiB, with which the busy guest was tried: whether ours captured it.</summary>
    public Dictionary<int, bool> BusyReservations { get; init; } = [];

    /// <summary>Every sample of a case.</summary>
    public Sample[] Samples(BenchCase wanted) =>
        [.. Captures.Where(one => one.Case == wanted).Select(one => one.Sample)];

    /// <summary>The median of a case; null if it was not measured.</summary>
    public Sample? Median(BenchCase wanted) => Samples(wanted) is { Length: > 0 } samples ? Sample.Median(samples) : null;

    /// <summary>Every sample of a dump of level 31.</summary>
    public Sample[] FilteredSamples(FilteredCase wanted) =>
        [.. Filtered.Where(one => one.Case == wanted).Select(one => one.Sample)];

    /// <summary>The median of a dump of level 31; null if it was not measured.</summary>
    public Sample? FilteredMedian(FilteredCase wanted) =>
        FilteredSamples(wanted) is { Length: > 0 } samples ? Sample.Median(samples) : null;

    /// <summary>The median of the seconds that a dump's filter took; NaN if it was not measured.</summary>
    public double FilterSeconds(FilteredCase wanted) =>
        Sample.Median([.. Filtered.Where(one => one.Case == wanted).Select(one => one.FilterSeconds)]);

    /// <summary>The seconds of every sample of a conversion.</summary>
    public double[] ConversionSeconds(ConversionCase wanted) =>
        [.. Conversions.Where(one => one.Case == wanted).Select(one => one.Seconds)];

    /// <summary>The median length of what a conversion made, bytes; NaN if it was not measured.</summary>
    public double ConversionBytes(ConversionCase wanted) =>
        Sample.Median([.. Conversions.Where(one => one.Case == wanted).Select(one => (double)one.Bytes)]);

    /// <summary>The seconds of every sample of a copy.</summary>
    public double[] SaveSeconds(SaveCase wanted) => [.. Saves.Where(one => one.Case == wanted).Select(one => one.Seconds)];

    /// <summary>The median length of what was copied, bytes; NaN if it was not measured.</summary>
    public double SavedBytes(SaveCase wanted) =>
        Sample.Median([.. Saves.Where(one => one.Case == wanted).Select(one => (double)one.Bytes)]);

    /// <summary>The median rate of a transfer, MB/s; NaN if it was not measured.</summary>
    public double TransferRate(NetworkCase wanted) => Sample.Median(
        [.. Transfers.Where(one => one.Case == wanted).Select(one => one.MegabytesPerSecond)]);

    /// <summary>What a case's guest did before it crashed; null if it was not measured.</summary>
    public GuestWork? Work(BenchCase wanted) => Captures.Find(one => one.Case == wanted)?.Work;

    /// <summary>The median of the disk's own limit, MB/s; NaN if it was not measured.</summary>
    public double Limit(
        int memoryMiB, DiskMedium medium, LimitWriter writer, DiskInterface disk = DiskInterface.Nvme) => Sample.Median(Limits
        .Where(limit => limit.MemoryMiB == memoryMiB && limit.Medium == medium && limit.Writer == writer && limit.Disk == disk)
        .Select(limit => limit.MegabytesPerSecond)
        .ToArray());
}
