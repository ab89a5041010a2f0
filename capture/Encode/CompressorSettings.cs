namespace CosmosKdump.Capture.Encode;

/// <summary>
/// Settings of the compressors for single pages, the same in the capture kernel and in the host tools, so that both
/// make the same bytes. LZO has none: it is lzo1x_1.
/// </summary>
public static class CompressorSettings
{
    /// <summary>deflateInit2's level. Level 2 makes up for what fewer hash chains cost.</summary>
    public const int ZlibLevel = 2;

    /// <summary>deflateInit2's windowBits: 8 KiB reach over a page.</summary>
    public const int ZlibWindowBits = 13;

    /// <summary>deflateInit2's memLevel: 8192 hash chains and 4096 symbols.</summary>
    public const int ZlibMemoryLevel = 6;

    /// <summary>ZSTD_c_windowLog: a page.</summary>
    public const int ZstdWindowLog = 12;

    /// <summary>ZSTD_c_hashLog.</summary>
    public const int ZstdHashLog = 12;

    /// <summary>ZSTD_c_chainLog.</summary>
    public const int ZstdChainLog = 12;

    /// <summary>ZSTD_c_searchLog.</summary>
    public const int ZstdSearchLog = 1;

    /// <summary>ZSTD_c_minMatch, bytes.</summary>
    public const int ZstdMinimumMatch = 4;

    /// <summary>ZSTD_c_strategy: ZSTD_fast, with the matches of 4 bytes that pages are full of.</summary>
    public const int ZstdStrategy = 1;
}
