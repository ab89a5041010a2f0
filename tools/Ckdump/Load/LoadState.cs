using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json;

namespace CosmosKdump.Ckdump.Load;

/// <summary>What <c>ckdump load</c> has loaded, kept in <c>/run</c> for <c>ckdump status</c>.</summary>
public sealed record LoadState
{
    /// <summary>Where it is kept, below the root folder.</summary>
    private const string File = "run/ckdump/loaded.json";

    // There while a map is loaded, for the rules of udev, which can look for a file only.
    private const string MapFile = "run/ckdump/mapped";

    /// <summary>Path of the image.</summary>
    public required string Image { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>Its command line, without what kexec appends.</summary>
    public required string CommandLine { get; init; }

    /// <summary>What has loaded it: kexec-tools or kexec_file_load.</summary>
    public required string Loader { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>CPUs that were online: the elfcorehdr knows these.</summary>
    public required int Cpus { get; init; }

    /// <summary>Memory at that time, bytes: the elfcorehdr knows this much.</summary>
    public required ulong MemoryBytes { get; init; }

    /// <summary>Digest of the extent map that was loaded with it (<see cref="DigestOf"/>); null: none was.</summary>
    public string? MapDigest { get; init; }

    /// <summary>Digest of the first map among targets, which is the one that is loaded; null: there is none.</summary>
    public static string? DigestOf(IEnumerable<ResolvedTarget> targets) =>
        targets.Select(target => target.Map).FirstOrDefault(map => map is not null) is byte[] map
            ? System.Convert.ToHexStringLower(SHA256.HashData(map))
            : null;

    /// <summary>Reads it; null if nothing was loaded, or not by this program.</summary>
    public static LoadState? Read(string root)
    {
        try
        {
            return JsonSerializer.Deserialize(System.IO.File.ReadAllText(Path.Combine(root, File)), CkdumpJson.Default.LoadState);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps it.</summary>
    public void Write(string root)
    {
        string path = Path.Combine(root, File);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, JsonSerializer.Serialize(this, CkdumpJson.Default.LoadState) + "\n");
        string map = Path.Combine(root, MapFile);
        if (MapDigest is not null)
        {
            System.IO.File.WriteAllText(map, "");
        }
        else
        {
            System.IO.File.Delete(map);
        }
    }

    /// <summary>Forgets it.</summary>
    public static void Remove(string root)
    {
        foreach (string path in new[] { Path.Combine(root, File), Path.Combine(root, MapFile) })
        {
            if (System.IO.File.Exists(path))
            {
                System.IO.File.Delete(path);
            }
        }
    }
}
