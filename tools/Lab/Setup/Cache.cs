using System;
using System.IO;
using System.Threading;

namespace CosmosKdump.Lab.Setup;

/// <summary>
/// What the lab fetched, outside the work tree: <c>$XDG_CACHE_HOME/cosmoskdump</c>. Several labs may share it: each
/// entry is made under a lock in a scratch folder and renamed into place when it is whole.
/// </summary>
public static class Cache
{
    /// <summary>The cache's folder.</summary>
    public static string Root { get; } = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "cosmoskdump");

    /// <summary>
    /// The path of an entry; makes it if it is not there: <paramref name="make"/> fills a scratch path, a file or a
    /// folder, which is then renamed.
    /// </summary>
    public static string Entry(string name, Progress progress, Action<string> make)
    {
        string path = Path.Combine(Root, name);
        if (Exists(path))
        {
            return path;
        }
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using FileStream held = Lock(path + ".lock", progress);
        if (Exists(path))
        {
            return path;
        }
        string scratch = path + ".new";
        Remove(scratch);
        make(scratch);
        Directory.Move(scratch, path);
        return path;
    }

    /// <summary>Deletes a file or a folder, if it is there.</summary>
    public static void Remove(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
        else
        {
            File.Delete(path);
        }
    }

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);

    private static FileStream Lock(string path, Progress progress)
    {
        for (bool told = false; ; told = true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                if (!told)
                {
                    progress.Say($"waiting for another lab that holds {path}");
                }
                Thread.Sleep(200);
            }
        }
    }
}
