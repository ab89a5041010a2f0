namespace CosmosKdump.Lab.Bench;

/// <summary>A capture that did not succeed; it is left out of the medians and told in the report.</summary>
/// <param name="Case">What was to be measured.</param>
/// <param name="Why">The first line of the error.</param>
public sealed record BenchFailure(BenchCase Case, string Why);
