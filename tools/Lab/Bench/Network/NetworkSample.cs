namespace CosmosKdump.Lab.Bench.Network;

/// <summary>One measured transfer.</summary>
/// <param name="Case">Who sent over which network.</param>
/// <param name="Bytes">Bytes that the receiver got.</param>
/// <param name="Seconds">From the first of them to the last.</param>
public sealed record NetworkSample(NetworkCase Case, long Bytes, double Seconds)
{
    /// <summary>Millions of bytes per second.</summary>
    public double MegabytesPerSecond => Bytes / 1e6 / Seconds;
}
