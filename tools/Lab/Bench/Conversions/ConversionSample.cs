namespace CosmosKdump.Lab.Bench.Conversions;

/// <summary>One measured conversion.</summary>
/// <param name="Case">What was converted how.</param>
/// <param name="Seconds">From the start of the program to its end.</param>
/// <param name="Bytes">Length of the dump that it made.</param>
public sealed record ConversionSample(ConversionCase Case, double Seconds, long Bytes);
