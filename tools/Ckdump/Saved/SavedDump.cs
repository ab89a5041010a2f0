using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Areas;

namespace CosmosKdump.Ckdump.Saved;

/// <summary>
/// What <c>ckdump save</c> notes of a dump in the directory that it makes for it. A directory without this note was made
/// by somebody else, and so was one that others may write to.
/// </summary>
public sealed record SavedDump
{
    /// <summary>Name of the note.</summary>
    public const string FileName = ".ckdump.json";

    /// <summary>UUID of the dump area that the dump came from.</summary>
    public required string Area { get; init; }

    /// <summary>Sequence number of the area's label: with the UUID, the identity of the dump.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>Time of the crash, seconds since 1970, 0 if unknown.</summary>
    public required ulong CrashTime { get; init; }

    /// <summary>When it was saved.</summary>
    public required DateTimeOffset SavedAt { get; init; }

    /// <summary>Bytes of the dump, holes included.</summary>
    public required ulong LengthBytes { get; init; }

    /// <summary>Nothing is missing.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>Release of the crashed kernel, or null.</summary>
    public string? Release { get; init; }

    /// <summary>The panic line, or null.</summary>
    public string? Panic { get; init; }

    /// <summary>Name of the dump's file.</summary>
    public static string VmcoreName(bool isComplete) => isComplete ? "vmcore" : "vmcore-incomplete";

    /// <summary>
    /// Directories in <paramref name="path"/> that hold a saved dump, the oldest first. One that somebody other than root
    /// or this user could have made or changed is none (<see cref="PrivateFolder"/>).
    /// </summary>
    public static IReadOnlyList<(string Directory, SavedDump Dump)> List(string path)
    {
        if (!Directory.Exists(path))
        {
            return [];
        }
        return
        [
            .. Directory.EnumerateDirectories(path)
                .Where(each => !Path.GetFileName(each).StartsWith('.') && PrivateFolder.Is(each))
                .Select(each => (Directory: each, Dump: Read(each)))
                .Where(each => each.Dump is not null)
                .Select(each => (each.Directory, Dump: each.Dump!))
                .OrderBy(each => each.Dump.SavedAt).ThenBy(each => each.Directory, StringComparer.Ordinal),
        ];
    }

    /// <summary>Reads the note of a directory; null if it has none.</summary>
    public static SavedDump? Read(string directory)
    {
        try
        {
            string path = Path.Combine(directory, FileName);
            return IsLink(path) ? null : JsonSerializer.Deserialize(File.ReadAllText(path), CkdumpJson.Default.SavedDump);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// The directory holds this dump's vmcore, at its whole length: that of an incomplete one has a label behind it
    /// (<see cref="DumpMark"/>).
    /// </summary>
    public bool HasVmcore(string directory)
    {
        ulong pages = (LengthBytes + Limits.PageBytes - 1) / Limits.PageBytes;
        ulong expected = IsComplete ? LengthBytes : (pages * Limits.PageBytes) + AreaLabel.Bytes;
        return PrivateFolder.FileLength(Path.Combine(directory, VmcoreName(IsComplete))) == expected;
    }

    /// <summary>Writes the note into a directory that has none, durably.</summary>
    public void Write(string directory) => DumpNotes.WriteDurably(
        Path.Combine(directory, FileName), JsonSerializer.Serialize(this, CkdumpJson.Default.SavedDump) + "\n");

    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;
}
