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

    /// <summary>Our images' lengths, bytes, by name.</summary>
    public Dictionary<string, long> ImageBytes { get; init; } = [];

    /// <summary>Stock kdump's kernel and initramfs together, bytes.</summary>
    public long StockImageBytes { get; set; }

    /// <summary>Every capture.</summary>
    public List<BenchCapture> Captures { get; init; } = [];

    /// <summary>Captures that did not succeed.</summary>
    public List<BenchFailure> Failures { get; init; } = [];

    /// <summary>The disk's own limit, every measurement.</summary>
    public List<DiskLimit> Limits { get; init; } = [];

    /// <summary>Smallest reservation with which a capture succeeded, MiB; empty if it was not looked for.</summary>
    public Dictionary<Side, int> SmallestReservationMiB { get; init; } = [];

    /// <summary>Guest sizes, MiB.</summary>
    public IEnumerable<int> Memories => Captures.Select(capture => capture.Case.MemoryMiB).Distinct();

    /// <summary>The median of a case; null if it was not measured.</summary>
    public Sample? Median(Side side, int memoryMiB, DiskMedium medium)
    {
        BenchCase wanted = new(side, memoryMiB, medium);
        Sample[] samples = Captures.Where(one => one.Case == wanted).Select(one => one.Sample).ToArray();
        return samples.Length == 0 ? null : Sample.Median(samples);
    }

    /// <summary>The median of the disk's own limit, MB/s; NaN if it was not measured.</summary>
    public double Limit(int memoryMiB, DiskMedium medium, LimitWriter writer) => Sample.Median(Limits
        .Where(limit => limit.MemoryMiB == memoryMiB && limit.Medium == medium && limit.Writer == writer)
        .Select(limit => limit.MegabytesPerSecond)
        .ToArray());
}
