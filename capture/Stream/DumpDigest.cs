namespace CosmosKdump.Capture.Stream;

/// <summary>
/// A checksum of a whole dump that does not depend on the order of its pages: the sum, modulo 2^64, of a mix of number
/// and CRC-32C of every page that is not all zeros, and of what came in smaller pieces.
/// </summary>
public static class DumpDigest
{
    /// <summary>The term of one page: its number in the dump, and the CRC-32C of its 4096 bytes.</summary>
    public static ulong TermOf(ulong pageNumber, uint pageChecksum) => Mix(Mix(pageNumber) + pageChecksum);

    /// <summary>The term of bytes within a page: their position in the dump, and their CRC-32C.</summary>
    public static ulong TermOfPiece(ulong positionBytes, uint checksum) => Mix(Mix(PieceMark | positionBytes) + checksum);

    // No page has this number.
    private const ulong PieceMark = 1UL << 63;

    // The finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
