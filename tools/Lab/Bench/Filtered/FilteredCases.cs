using System.Collections.Generic;
using System.Linq;

namespace CosmosKdump.Lab.Bench.Filtered;

/// <summary>The dumps of level 31 that are made, in the order in which they are made: ours and stock's in turn.</summary>
public static class FilteredCases
{
    /// <summary>Memory of the guest whose dumps are made with every compressor, MiB.</summary>
    public const int SmallMemoryMiB = 1024;

    /// <summary>Numbers of CPUs of that guest.</summary>
    public static readonly int[] CpuCounts = [1, 2];

    /// <summary>Cases of <see cref="BenchPart.Dumps"/>.</summary>
    public static IReadOnlyList<FilteredCase> Dumps { get; } =
    [
        .. CpuCounts.SelectMany(cpus => new FilteredCase[]
        {
            new(true, Compression.Lzo, SmallMemoryMiB, cpus),
            new(false, Compression.Lzo, SmallMemoryMiB, cpus),
            new(true, Compression.Auto, SmallMemoryMiB, cpus),
            new(true, Compression.None, SmallMemoryMiB, cpus),
            new(true, Compression.Zstd, SmallMemoryMiB, cpus),
            new(true, Compression.Zlib, SmallMemoryMiB, cpus),
        }),
        new(false, Compression.Zlib, SmallMemoryMiB),
    ];

    /// <summary>Cases of <see cref="BenchPart.Filter"/> for a guest.</summary>
    public static IEnumerable<FilteredCase> Filter(int memoryMiB) =>
        from excludes in new[] { false, true }
        from isOurs in new[] { true, false }
        select new FilteredCase(isOurs, Compression.Lzo, memoryMiB, ExcludesPageStructs: excludes);
}
