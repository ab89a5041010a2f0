using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Config;

namespace CosmosKdump.Ckdump.Saved;

/// <summary>
/// Keeps the directory of saved dumps within its bounds: removes the oldest dumps that <c>ckdump save</c> has made, and
/// nothing that it has not made; none at all unless <c>keep</c> or <c>min_free</c> asks for it. Dumps that this run has
/// saved stay, and so do earlier ones of the same crash, which was dumped to more than one area.
/// <paramref name="space"/> tells the bytes that are free, and that there are at all.
/// </summary>
public sealed class Retention(string directory, int keep, FreeSpace minimumFree, Func<(long Free, long Total)> space, TextWriter told)
{
    // Messages, report and the file system's own.
    private const long NotesBytes = 4 << 20;

    private readonly HashSet<string> _saved = [];
    private readonly HashSet<ulong> _crashes = [];

    /// <summary>One for a configuration and its file system.</summary>
    public static Retention Of(DumpConfig config, TextWriter told) =>
        new(config.Directory, config.Keep, config.MinimumFree, () => Measure(Path.GetFullPath(config.Directory)), told);

    /// <summary>
    /// Makes room for a dump of at most <paramref name="mostBytes"/>, which <paramref name="measure"/> finds the exact
    /// bytes of if those do not fit. A <see cref="ToolException"/> if there is none; then nothing was removed, unless
    /// removing freed less than what the files took. The newest dump is never removed.
    /// </summary>
    public void MakeRoom(long mostBytes, Func<long> measure)
    {
        (long free, long total) = space();
        long reserve = minimumFree.Of(total);
        if (free >= mostBytes + NotesBytes + reserve)
        {
            return;
        }
        long bytes = measure() + NotesBytes;
        if (free >= bytes + reserve)
        {
            return;
        }
        string[] removable = Removable();
        if (free + removable.Sum(PrivateFolder.AllocatedBytes) < bytes + reserve)
        {
            throw NoRoom(free, bytes, reserve);
        }
        foreach (string oldest in removable)
        {
            Remove(oldest, "to make room");
            (free, _) = space();
            if (free >= bytes + reserve)
            {
                return;
            }
        }
        throw NoRoom(free, bytes, reserve);
    }

    /// <summary>
    /// Takes a dump that this run has saved among those that stay, and removes the oldest until as many are left as are to
    /// be kept.
    /// </summary>
    public void Trim(string newest)
    {
        _saved.Add(Path.GetFullPath(newest));
        if (SavedDump.Read(newest) is { CrashTime: not 0 } crash)
        {
            _crashes.Add(crash.CrashTime);
        }
        IReadOnlyList<(string Directory, SavedDump Dump)> all = SavedDump.List(directory);
        int surplus = keep == 0 ? 0 : Math.Max(0, all.Count - keep);
        foreach ((string oldest, _) in all.Where(each => !Stays(each)).Take(surplus))
        {
            Remove(oldest, $"{keep} dumps are kept");
        }
    }

    private string[] Removable() => keep == 0 && minimumFree == default
        ? []
        : [.. SavedDump.List(directory).SkipLast(1).Where(each => !Stays(each)).Select(each => each.Directory)];

    private bool Stays((string Directory, SavedDump Dump) each) =>
        _saved.Contains(Path.GetFullPath(each.Directory)) || _crashes.Contains(each.Dump.CrashTime);

    private ToolException NoRoom(long free, long bytes, long reserve)
    {
        string more = reserve == 0 ? "" : $", and {ByteSize.Format(reserve)} are to stay free (min_free)";
        return new ToolException(directory,
            $"no room: the dump needs {ByteSize.Format(bytes)}, {ByteSize.Format(free)} are free{more}",
            "the dump stays in its area: make room, then run ckdump save");
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
