namespace CosmosKdump.Lab.Bench;

/// <summary>A measurement that did not succeed; it is left out of the medians and told in the report.</summary>
/// <param name="What">What was to be measured.</param>
/// <param name="Why">The first line of the error.</param>
public sealed record BenchFailure(string What, string Why);
