namespace CosmosKdump.Analyzer.Kdump;

/// <summary>A place in a dump that a header tells of; empty if there is none.</summary>
/// <param name="OffsetBytes">Offset in the dump.</param>
/// <param name="LengthBytes">Length, bytes.</param>
public readonly record struct KdumpPlace(ulong OffsetBytes, ulong LengthBytes)
{
    /// <summary>There is something.</summary>
    public bool IsPresent => OffsetBytes != 0 && LengthBytes != 0;

    /// <summary>It lies within a dump of a length.</summary>
    public bool IsWithin(ulong dumpBytes) => OffsetBytes <= dumpBytes && LengthBytes <= dumpBytes - OffsetBytes;
}
