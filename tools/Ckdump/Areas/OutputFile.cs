using System;
using System.IO;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Areas;

/// <summary>Rules for files that commands make: nothing is overwritten, and names are durable.</summary>
public static class OutputFile
{
    /// <summary>Throws a <see cref="ToolException"/> if the path names anything, or lies in no directory.</summary>
    public static void RequireMissing(string path)
    {
        if (path.Length == 0)
        {
            throw new ToolException("the name of the output is empty", "name a file");
        }
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        if (Posix.KindOf(folder, out _) == FileKind.Missing)
        {
            throw new ToolException(path, $"the directory {folder} does not exist", "make it first, or choose another one");
        }
        if (Posix.KindOf(path, out _) != FileKind.Missing)
        {
            throw new ToolException(
                path, "exists already", "nothing is overwritten: move it away, or choose another name");
        }
    }

    /// <summary>Throws if a file of that name cannot be made, before there is anything to put into it.</summary>
    public static void RequireMakeable(string path)
    {
        RequireMissing(path);
        Posix.Create(path).Dispose();
        File.Delete(path);
    }

    /// <summary>
    /// Does work that writes a file: an error of the medium, which .NET tells without a name, becomes a
    /// <see cref="ToolException"/> with the file's.
    /// </summary>
    public static void Fill(string path, Action work, string? advice = null)
    {
        try
        {
            work();
        }
        catch (IOException failure) when (failure is not SystemCallException)
        {
            throw new ToolException(path, failure.Message, advice);
        }
    }

    /// <summary>Name of the file that an incomplete dump is kept in.</summary>
    public static string IncompleteName(string path) => path + ".incomplete";

    /// <summary>Makes the name of a file durable.</summary>
    public static void SyncDirectoryOf(string path) => Posix.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
}
