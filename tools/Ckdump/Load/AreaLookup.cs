using System;
using System.Collections.Generic;
using System.IO;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Load;

/// <summary>
/// Finds the dump areas that a configuration names. <paramref name="scan"/> finds those on this machine's disks; it is
/// asked once, and only if it must be.
/// </summary>
public sealed class AreaLookup(Func<IReadOnlyList<(string Path, AreaLabel Label)>> scan)
{
    private readonly Lazy<IReadOnlyList<(string Path, AreaLabel Label)>> _all = new(scan);

    /// <summary>All areas on this machine's disks and partitions.</summary>
    public IReadOnlyList<(string Path, AreaLabel Label)> All => _all.Value;

    /// <summary>Reads the label of a path; null: <paramref name="why"/> there is none, without the path.</summary>
    public static AreaLabel? Read(string path, out string why)
    {
        why = "";
        try
        {
            using AreaFile area = AreaFile.Open(path, write: false);
            return area.RequireLabel();
        }
        catch (Exception failure) when (failure is ToolException or IOException or UnauthorizedAccessException)
        {
            string prefix = path + ": ";
            why = failure.Message.StartsWith(prefix, StringComparison.Ordinal) ? failure.Message[prefix.Length..] : failure.Message;
            return null;
        }
    }
}
