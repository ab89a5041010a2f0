using System;

namespace CosmosKdump.Analyzer.Kdump;

/// <summary>
/// DUMP_DH_* of makedumpfile's diskdump_mod.h, in the header's status and, those of compressors, in page descriptors.
/// </summary>
[Flags]
public enum KdumpFlags : uint
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>Compressed with zlib.</summary>
    Zlib = 0x1,
    /// <summary>Compressed with lzo.</summary>
    Lzo = 0x2,
    /// <summary>Compressed with snappy.</summary>
    Snappy = 0x4,
    /// <summary>The dump was cut short by its writer.</summary>
    Incomplete = 0x8,
    /// <summary>Page structs of excluded pages are left out.</summary>
    ExcludedVmemmap = 0x10,
    /// <summary>Compressed with zstd.</summary>
    Zstd = 0x20,
    /// <summary>All compressors.</summary>
    Compressors = Zlib | Lzo | Snappy | Zstd,
}
