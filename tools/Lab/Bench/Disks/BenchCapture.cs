using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Lab.Bench.Disks;

/// <summary>One measured capture.</summary>
/// <param name="Case">What was measured.</param>
/// <param name="Sample">Its figures.</param>
/// <param name="Work">What the guest did before it crashed.</param>
/// <param name="Folder">Folder with its transcript.</param>
public sealed record BenchCapture(BenchCase Case, Sample Sample, GuestWork Work, string Folder);
