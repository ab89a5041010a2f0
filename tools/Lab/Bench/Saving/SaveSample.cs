namespace CosmosKdump.Lab.Bench.Saving;

/// <summary>One measured copy.</summary>
/// <param name="Case">Who copied where.</param>
/// <param name="Seconds">From the start of the program to its end.</param>
/// <param name="Bytes">Length of the dump.</param>
public sealed record SaveSample(SaveCase Case, double Seconds, long Bytes);
