namespace CosmosKdump.Ckdump.Saved;

/// <summary>Where a dump was saved to.</summary>
/// <param name="Path">Path of its vmcore.</param>
/// <param name="IsWhole">Nothing is missing.</param>
public readonly record struct SavedFile(string Path, bool IsWhole);
