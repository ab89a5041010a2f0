using System.IO;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Extents;

/// <summary>
/// That a file which becomes a dump area is one user's alone: the capture kernel writes all of a machine's memory into it,
/// below the file system, which goes on letting in whom it let in before.
/// </summary>
public static class PrivateFile
{
    private const uint Root = 0;

    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Throws a <see cref="ToolException"/> if the file has other names, under which it may be somebody's.</summary>
    public static void RequireOneName(AreaFile file)
    {
        uint names = FileCalls.OwnershipOf(file.Handle, file.Path).Links;
        if (names > 1)
        {
            throw new ToolException(file.Path, $"has {names} names (hard links), and somebody may use another one",
                "choose another file, or let --size make a new one");
        }
    }

    /// <summary>Takes the file away from everybody but the user who runs this: root.</summary>
    public static void Make(AreaFile file)
    {
        // The owner first: whoever it was could set the mode again.
        FileCalls.TakeOwnership(file.Handle, file.Path);
        File.SetUnixFileMode(file.Handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Throws a <see cref="ToolException"/> if others than root may read or write the file.</summary>
    public static void Require(AreaFile file, string advice) =>
        Require(file.Path, FileCalls.OwnershipOf(file.Handle, file.Path), advice);

    /// <summary>Throws a <see cref="ToolException"/> if others than root may read or write a file of this ownership.</summary>
    public static void Require(string path, FileOwnership ownership, string advice)
    {
        if (ownership.User != Root)
        {
            throw new ToolException(path, $"belongs to user {ownership.User}, who could read the dump", advice);
        }
        if ((ownership.Mode & Others) != UnixFileMode.None)
        {
            throw new ToolException(path, "may be read or written by others than root, who could read the dump", advice);
        }
    }
}
