using System.IO;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Extents;

namespace CosmosKdump.Ckdump.Commands;

/// <summary><c>ckdump prepare --file</c>: makes a file of a file system the dump area.</summary>
internal static class PrepareFile
{
    /// <summary>Prepares a new file of a size, or one that is there; returns the label.</summary>
    internal static AreaLabel Run(
        string path, long? sizeBytes, AreaUuid? wanted, bool force, bool discard, TextWriter error) =>
        Posix.KindOf(path, out _) == FileKind.Missing
            ? Create(path, sizeBytes, wanted, error)
            : Again(path, sizeBytes, wanted, force, discard, error);

    private static AreaLabel Create(string path, long? sizeBytes, AreaUuid? wanted, TextWriter error)
    {
        long bytes = sizeBytes ?? throw new ToolException(path, "no such file", "give --size to make it");
        using (AreaFile probe = AreaFile.Create(path, (long)AreaLabel.MinimumAreaBytes, sparse: true))
        {
            // Before the space is allocated, which some file systems do by writing.
            RemoveOnFailure(path, () => FileSystemCheck.Require(probe));
        }
        File.Delete(path);
        AreaLabel label = AreaLabel.Create(wanted ?? AreaFile.NewUuid(), (ulong)bytes);
        label.IsFile = true;
        using AreaFile file = AreaFile.Create(path, bytes, sparse: false);
        RemoveOnFailure(path, () => FileArea.Prepare(file, label, isNew: true, error));
        OutputFile.SyncDirectoryOf(path);
        return label;
    }

    private static AreaLabel Again(
        string path, long? sizeBytes, AreaUuid? wanted, bool force, bool discard, TextWriter error)
    {
        if (DeviceUse.Find(path) is string user)
        {
            throw new ToolException(path, user, "choose another one, or release it first");
        }
        using AreaFile file = AreaFile.Open(path, write: true);
        if (file.Kind != FileKind.Regular)
        {
            throw new ToolException(path, "is not a file", "without --file, disks and partitions are prepared");
        }
        if (sizeBytes is not null && sizeBytes != file.LengthBytes)
        {
            throw new ToolException(path, $"exists with another size ({file.LengthBytes} bytes)", "remove it first "
                + "(chattr -i), after ckdump unload");
        }
        if ((ulong)file.LengthBytes < AreaLabel.MinimumAreaBytes || file.LengthBytes % Limits.PageBytes != 0)
        {
            throw new ToolException(path, $"has {file.LengthBytes} bytes",
                $"a dump area has at least {AreaLabel.MinimumAreaBytes} bytes, and whole pages of 4096");
        }
        PrivateFile.RequireOneName(file);
        AreaLabel label = PrepareCommand.NextLabel(file, wanted, force, discard);
        label.IsFile = true;
        // Before the label, with which a dump may come.
        PrivateFile.Make(file);
        FileArea.Prepare(file, label, isNew: false, error);
        file.KeepLock();
        return label;
    }

    private static void RemoveOnFailure(string path, System.Action action)
    {
        try
        {
            action();
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }
}
