namespace CosmosKdump.Capture.Encode;

/// <summary>
/// Levels of the compressors, the same in the capture kernel and in the host tools. LZO has none: it is lzo1x_1.
/// </summary>
public static class CompressorLevels
{
    /// <summary>Level of zlib: Z_BEST_SPEED, as makedumpfile has it.</summary>
    public const int Zlib = 1;

    /// <summary>Level of zstd.</summary>
    public const int Zstd = 1;
}
