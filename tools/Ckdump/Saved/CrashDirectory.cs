using System;
using System.Globalization;
using System.IO;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Ckdump.Saved;

/// <summary>
/// The directory of one dump, <c>PATH/HOST-DATE</c>. It is filled under another name, so that one with its own name is
/// always whole.
/// </summary>
public sealed class CrashDirectory : IDisposable
{
    private const int MostNames = 10_000;

    private readonly SafeFileHandle _lock;

    private CrashDirectory(string scratch, SafeFileHandle held, string final, OutputFolder parents)
    {
        Scratch = scratch;
        _lock = held;
        Final = final;
        Parents = parents;
    }

    /// <summary>Where it is filled.</summary>
    public string Scratch { get; }

    /// <summary>What it will be called.</summary>
    public string Final { get; private set; }

    /// <summary>The scratch directory and what was made above it, to be removed if nothing comes of it.</summary>
    public OutputFolder Parents { get; }

    /// <summary>
    /// Makes one for the dump of a label. What an interrupted run has left of the same dump is removed: it begins anew.
    /// One that another process fills just now has its lock, and stays.
    /// </summary>
    public static CrashDirectory Make(string directory, string host, in AreaLabel label)
    {
        string prefix = $".saving-{AreaUuidText.Of(label.Uuid)}";
        OutputFolder parents = OutputFolder.Make(directory, Posix.SyncDirectory);
        SafeFileHandle? held = null;
        try
        {
            RemoveLeft(directory, prefix);
            string scratch = Path.Combine(directory, $"{prefix}-{Guid.NewGuid():N}");
            PrivateFolder.Make(scratch);
            parents.Add(scratch);
            held = Posix.Open(scratch, write: false, exclusive: false);
            if (!PrivateFolder.TryLock(held))
            {
                throw new ToolException(scratch, "is removed by another ckdump save", "try again");
            }
            Posix.SyncDirectory(directory);
            return new CrashDirectory(scratch, held, FreeName(Path.Combine(directory, Name(host, label))), parents);
        }
        catch
        {
            held?.Dispose();
            parents.RemoveEmpty();
            throw;
        }
    }

    /// <summary>Gives it its name, durably: from now on it is there.</summary>
    public void Complete()
    {
        Posix.SyncDirectory(Scratch);
        Final = FreeName(Final);
        Directory.Move(Scratch, Final);
        Posix.SyncDirectory(Path.GetDirectoryName(Final)!);
    }

    /// <summary>HOST-DATE: the time of the crash in UTC, or of now if the label does not know it.</summary>
    public static string Name(string host, in AreaLabel label)
    {
        DateTimeOffset time = label.CrashTimeSeconds is > 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds((long)label.CrashTimeSeconds)
            : DateTimeOffset.UtcNow;
        string safe = string.Concat(host.Where(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')).TrimStart('.', '-');
        string name = safe.Length == 0 ? "localhost" : safe;
        return $"{name}-{time.ToString("yyyy-MM-dd-HH-mm-ss", CultureInfo.InvariantCulture)}";
    }

    /// <summary>Gives up the lock of the scratch directory.</summary>
    public void Dispose() => _lock.Dispose();

    private static void RemoveLeft(string directory, string prefix)
    {
        foreach (string left in Directory.EnumerateDirectories(directory, prefix + "*").Where(PrivateFolder.Is).ToArray())
        {
            using SafeFileHandle held = Posix.Open(left, write: false, exclusive: false);
            if (PrivateFolder.TryLock(held))
            {
                Directory.Delete(left, recursive: true);
            }
        }
    }

    private static string FreeName(string path)
    {
        for (int number = 1; number < MostNames; number++)
        {
            string each = number == 1 ? path : $"{path}-{number}";
            if (Posix.KindOf(each, out _) == FileKind.Missing)
            {
                return each;
            }
        }
        throw new ToolException(path, "exists already, and so do thousands like it");
    }
}
