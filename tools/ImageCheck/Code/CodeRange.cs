namespace CosmosKdump.ImageCheck.Code;

/// <summary>A run of machine code that is decoded from its first byte to its end.</summary>
/// <param name="Start">Virtual address of its first byte.</param>
/// <param name="End">One past its last byte, padding included.</param>
/// <param name="Bitness">32 or 64.</param>
public sealed record CodeRange(ulong Start, ulong End, int Bitness);
