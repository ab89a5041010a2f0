using System.IO;

namespace CosmosKdump.Ckdump.Extents;

/// <summary>Whose a file is.</summary>
/// <param name="User">Number of its owner.</param>
/// <param name="Mode">Its permissions.</param>
/// <param name="Links">Its names: hard links.</param>
public readonly record struct FileOwnership(uint User, UnixFileMode Mode, uint Links);
