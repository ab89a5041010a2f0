namespace CosmosKdump.Capture.Input;

/// <summary>How pages of the kdump format are compressed.</summary>
public enum Compressor : byte
{
    /// <summary>Not at all.</summary>
    None = 0,
    /// <summary>LZO1X.</summary>
    Lzo = 1,
    /// <summary>Deflate with a zlib header.</summary>
    Zlib = 2,
    /// <summary>Zstandard.</summary>
    Zstd = 3,
    /// <summary>LZO1X while the disk is waited for, otherwise not at all.</summary>
    Auto = 4,
}
