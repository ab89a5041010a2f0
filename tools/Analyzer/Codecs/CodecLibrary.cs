using System.Runtime.InteropServices;
using CosmosKdump.Analyzer.Files;

namespace CosmosKdump.Analyzer.Codecs;

/// <summary>A C library of a compressor, the same as the capture kernel is linked with.</summary>
/// <param name="Name">Its name as the loader looks for it.</param>
/// <param name="Package">The Debian package that has it.</param>
public sealed record CodecLibrary(string Name, string Package)
{
    /// <summary>LZO.</summary>
    public static CodecLibrary Lzo { get; } = new("liblzo2.so.2", "liblzo2-2");

    /// <summary>zlib.</summary>
    public static CodecLibrary Zlib { get; } = new("libz.so.1", "zlib1g");

    /// <summary>Zstandard.</summary>
    public static CodecLibrary Zstd { get; } = new("libzstd.so.1", "libzstd1");

    /// <summary>Snappy.</summary>
    public static CodecLibrary Snappy { get; } = new("libsnappy.so.1", "libsnappy1v5");

    /// <summary>Why it cannot be used, or null; looks for it once per call, and the system keeps it loaded.</summary>
    public FileProblem? Missing() => NativeLibrary.TryLoad(Name, out _)
        ? null
        : new FileProblem($"{Name} is not there", Advice: $"install the package {Package}");
}
