using System.IO;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Areas;

/// <summary>Rules for files that commands make: nothing is overwritten, and names are durable.</summary>
public static class OutputFile
{
    /// <summary>Throws a <see cref="ToolException"/> if the path names anything.</summary>
    public static void RequireMissing(string path)
    {
        if (Posix.KindOf(path, out _) != FileKind.Missing)
        {
            throw new ToolException(
                path, "exists already", "nothing is overwritten: move it away, or choose another name");
        }
    }

    /// <summary>Name of the file that an incomplete dump is kept in.</summary>
    public static string IncompleteName(string path) => path + ".incomplete";

    /// <summary>Makes the name of a file durable.</summary>
    public static void SyncDirectoryOf(string path) => Posix.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
}
