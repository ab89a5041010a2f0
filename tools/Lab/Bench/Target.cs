namespace CosmosKdump.Lab.Bench;

/// <summary>A figure that the project promises, and what the bench says about it.</summary>
/// <param name="Name">What is promised.</param>
/// <param name="Wanted">The promised figure.</param>
/// <param name="Measured">The measured figure.</param>
/// <param name="Verdict">Whether the promise is kept.</param>
public sealed record Target(string Name, string Wanted, string Measured, Verdict Verdict);
