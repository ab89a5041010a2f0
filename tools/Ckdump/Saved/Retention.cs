using System;
using System.Collections.Generic;
using System.IO;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Config;

namespace CosmosKdump.Ckdump.Saved;

/// <summary>
/// Keeps the directory of saved dumps within its bounds: removes the oldest dumps that <c>ckdump save</c> has made, and
/// nothing that it has not made. <paramref name="space"/> tells the bytes that are free, and that there are at all.
/// </summary>
public sealed class Retention(string directory, int keep, FreeSpace minimumFree, Func<(long Free, long Total)> space, TextWriter told)
{
    /// <summary>One for a configuration and its file system.</summary>
    public static Retention Of(DumpConfig config, TextWriter told) =>
        new(config.Directory, config.Keep, config.MinimumFree, () => Measure(Path.GetFullPath(config.Directory)), told);

    /// <summary>
    /// Makes room for bytes that come next; a <see cref="ToolException"/> if there is none, and nothing left to remove.
    /// </summary>
    public void MakeRoom(long bytes)
    {
        (long free, long total) = space();
        long wanted = bytes + minimumFree.Of(total);
        if (free >= wanted)
        {
            return;
        }
        foreach ((string oldest, _) in SavedDump.List(directory))
        {
            Remove(oldest, "to make room");
            (free, _) = space();
            if (free >= wanted)
            {
                return;
            }
        }
        string more = wanted == bytes ? "" : $", and {ByteSize.Format(wanted - bytes)} are to stay free (min_free)";
        throw new ToolException(directory, $"no room: {ByteSize.Format(free)} are free{more}",
            "the dump stays in its area: make room, then run ckdump save");
    }

    /// <summary>Removes the oldest dumps until as many are left as are to be kept; never <paramref name="newest"/>.</summary>
    public void Trim(string newest)
    {
        IReadOnlyList<(string Directory, SavedDump Dump)> all = SavedDump.List(directory);
        int surplus = keep == 0 ? 0 : all.Count - keep;
        for (int i = 0; i < all.Count && surplus > 0; i++)
        {
            if (Path.GetFullPath(all[i].Directory) != Path.GetFullPath(newest))
            {
                Remove(all[i].Directory, $"{keep} dumps are kept");
                surplus--;
            }
        }
    }

    private void Remove(string path, string why)
    {
        // Links in it are removed, not followed.
        Directory.Delete(path, recursive: true);
        told.WriteLine($"{path}: removed, {why}");
    }

    private static (long Free, long Total) Measure(string path)
    {
        DriveInfo drive = new(path);
        return (drive.AvailableFreeSpace, drive.TotalSize);
    }
}
