using System;
using System.Collections.Generic;
using System.IO;

namespace CosmosKdump.Ckdump.Areas;

/// <summary>A folder that a command makes for its output, with whatever folders above it are missing.</summary>
public sealed class OutputFolder
{
    private readonly Stack<string> _made = new();

    private OutputFolder()
    {
    }

    /// <summary>No folder was made.</summary>
    public static OutputFolder None => new();

    /// <summary>
    /// Makes a folder and makes its name durable, and so for each missing folder above it. <paramref name="sync"/> makes
    /// the names in a folder durable.
    /// </summary>
    public static OutputFolder Make(string path, Action<string> sync)
    {
        OutputFolder folder = new();
        try
        {
            folder.MakeMissing(Path.GetFullPath(path), sync);
        }
        catch
        {
            folder.RemoveEmpty();
            throw;
        }
        return folder;
    }

    /// <summary>Adds a folder in it that was made otherwise.</summary>
    public void Add(string path) => _made.Push(path);

    /// <summary>Removes what was made, innermost first, as far as it is empty.</summary>
    public void RemoveEmpty()
    {
        try
        {
            while (_made.TryPop(out string? path))
            {
                if (Directory.Exists(path))
                {
                    Directory.Delete(path);
                }
            }
        }
        catch (IOException)
        {
            // Not empty: somebody uses it.
        }
    }

    private void MakeMissing(string path, Action<string> sync)
    {
        string? parent = Path.GetDirectoryName(path);
        if (parent is null || Directory.Exists(path))
        {
            return;
        }
        MakeMissing(parent, sync);
        OutputFile.Fill(path, () => Directory.CreateDirectory(path));
        _made.Push(path);
        sync(parent);
    }
}
