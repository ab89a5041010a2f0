using CosmosKdump.Ckdump.Saved;

namespace CosmosKdump.Ckdump.Readiness;

/// <summary>A saved dump in the answer of <c>ckdump status</c>.</summary>
/// <param name="Directory">Where it is kept.</param>
/// <param name="Dump">What was noted of it.</param>
public sealed record StatusDump(string Directory, SavedDump Dump);
