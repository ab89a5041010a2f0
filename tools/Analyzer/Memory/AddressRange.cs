namespace CosmosKdump.Analyzer.Memory;

/// <summary>A half-open range of physical addresses.</summary>
/// <param name="Start">First address.</param>
/// <param name="End">One past the last address.</param>
public readonly record struct AddressRange(ulong Start, ulong End)
{
    /// <summary>Length, bytes.</summary>
    public ulong LengthBytes => End - Start;
}
