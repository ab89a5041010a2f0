using System.Collections.Generic;
using CosmosKdump.Capture.Area;

namespace CosmosKdump.Ckdump.Extents;

/// <summary>Where a file lies on a whole disk.</summary>
/// <param name="Number">The disk's number, "major:minor".</param>
/// <param name="Name">Its name in /dev.</param>
/// <param name="Extents">The extents, in the order of the file.</param>
public sealed record DiskExtents(string Number, string Name, IReadOnlyList<FileExtent> Extents);
