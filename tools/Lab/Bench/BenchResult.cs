using System;
using System.Collections.Generic;
using System.Linq;
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

    /// <summary>Runs of each case.</summary>
    public int Runs { get; init; }

    /// <summary>The revision of this work tree, <c>-dirty</c> if it was changed; empty if git does not tell.</summary>
    public string Revision { get; init; } = "";

    /// <summary>The command that repeats the bench.</summary>
    public string Command { get; init; } = "";

    /// <summary>Sizes of the guests that were to be measured, MiB, the smallest first.</summary>
    public IReadOnlyList<int> Memories { get; init; } = [];

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

    /// <summary>Every capture.</summary>
    public List<BenchCapture> Captures { get; init; } = [];

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

    /// <summary>What a case's guest did before it crashed; null if it was not measured.</summary>
    public GuestWork? Work(BenchCase wanted) => Captures.Find(one => one.Case == wanted)?.Work;

    /// <summary>The median of the disk's own limit, MB/s; NaN if it was not measured.</summary>
    public double Limit(int memoryMiB, DiskMedium medium, LimitWriter writer) => Sample.Median(Limits
        .Where(limit => limit.MemoryMiB == memoryMiB && limit.Medium == medium && limit.Writer == writer)
        .Select(limit => limit.MegabytesPerSecond)
        .ToArray());
}
