using System.Collections.Generic;
using System.Linq;

namespace CosmosKdump.Lab.Bench.Conversions;

/// <summary>The conversions that are measured, in that order: ours and makedumpfile's in turn.</summary>
public static class ConversionCases
{
    /// <summary>Numbers of threads that compress.</summary>
    public static readonly int[] Threads = [1, 2, 4];

    /// <summary>Compressors that Debian's makedumpfile has.</summary>
    public static readonly Compression[] Shared = [Compression.Lzo, Compression.Zlib];

    /// <summary>The rows of the tables; <c>auto</c> is for a disk that a capture waits for.</summary>
    public static readonly Compression[] Compressions =
        [Compression.None, Compression.Lzo, Compression.Zlib, Compression.Zstd];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ConversionCase> All { get; } =
    [
        .. from threads in Threads
           from compression in Shared
           from isOurs in new[] { true, false }
           select new ConversionCase(isOurs, compression, threads),
        .. from threads in Threads
           from compression in new[] { Compression.Zstd, Compression.None }
           select new ConversionCase(true, compression, threads),
    ];
}
