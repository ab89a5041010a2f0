using System;

namespace CosmosKdump.Lab.Bench;

/// <summary>What a compression is called.</summary>
public static class CompressionWords
{
    /// <summary>The value of <c>kdump.compress=</c> and of <c>ckdump convert -c</c>.</summary>
    public static string Ours(Compression compression) => compression switch
    {
        Compression.None => "none",
        Compression.Lzo => "lzo",
        Compression.Zlib => "zlib",
        Compression.Auto => "auto",
        _ => "zstd",
    };

    /// <summary>makedumpfile's option.</summary>
    public static string Makedumpfile(Compression compression) => compression switch
    {
        Compression.Lzo => "-l",
        Compression.Zlib => "-c",
        _ => throw new ArgumentOutOfRangeException(nameof(compression), compression, "not in Debian's makedumpfile"),
    };
}
