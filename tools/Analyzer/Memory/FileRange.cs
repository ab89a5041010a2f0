namespace CosmosKdump.Analyzer.Memory;

/// <summary>A half-open range of addresses whose bytes lie in the file.</summary>
/// <param name="Start">First address.</param>
/// <param name="End">One past the last address.</param>
/// <param name="OffsetBytes">Offset of the first byte in the file.</param>
/// <param name="Segment">Index of the PT_LOAD that it comes from.</param>
public readonly record struct FileRange(ulong Start, ulong End, ulong OffsetBytes, int Segment);
