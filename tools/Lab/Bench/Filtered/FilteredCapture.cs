namespace CosmosKdump.Lab.Bench.Filtered;

/// <summary>One measured dump of level 31.</summary>
/// <param name="Case">What was measured.</param>
/// <param name="Sample">Its figures; the length of the dump is that of what was written.</param>
/// <param name="FilterSeconds">Seconds that the filter took to look at every page struct once.</param>
/// <param name="Folder">Folder with its transcript.</param>
public sealed record FilteredCapture(FilteredCase Case, Sample Sample, double FilterSeconds, string Folder);
