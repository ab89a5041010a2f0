using System.Runtime.InteropServices;

namespace CosmosKdump.Kernel.Compress;

/// <summary>libzstd's ZSTD_parameters (zstd.h 1.5.4, the static part): how to search, what a frame's header holds.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ZstdParameters
{
    internal uint WindowLog;
    internal uint ChainLog;
    internal uint HashLog;
    internal uint SearchLog;
    internal uint MinimumMatch;
    internal uint TargetLength;
    internal int Strategy;
    internal int ContentSize;
    internal int Checksum;
    internal int NoDictionaryId;

    /// <summary>ZSTD_fast with matches from 4 bytes on (docs/decisions.md).</summary>
    internal static ZstdParameters ForPages => new()
    {
        WindowLog = 12,
        ChainLog = 12,
        HashLog = 12,
        SearchLog = 1,
        MinimumMatch = 4,
        TargetLength = 0,
        Strategy = 1, // ZSTD_fast
        ContentSize = 1,
        Checksum = 0,
        NoDictionaryId = 1,
    };
}
