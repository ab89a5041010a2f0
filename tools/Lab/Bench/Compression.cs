namespace CosmosKdump.Lab.Bench;

/// <summary>How the pages of a dump are compressed.</summary>
public enum Compression
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>LZO1X-1.</summary>
    Lzo,

    /// <summary>zlib.</summary>
    Zlib,

    /// <summary>zstd; Debian's makedumpfile is built without it.</summary>
    Zstd,

    /// <summary>Ours only, its default: as the disk and the CPUs allow, page by page.</summary>
    Auto,
}
