using System;
using System.IO;
using System.Linq;

namespace CosmosKdump.Ckdump.Areas;

/// <summary>Finds out whether something on this machine uses a disk, a partition or an image file.</summary>
public static class DeviceUse
{
    /// <summary>Says who uses it, or null. Symbolic links are followed.</summary>
    public static string? Find(string path)
    {
        string full = Path.GetFullPath(path);
        string real = File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
        if (IsSwap(real))
        {
            return "is used as swap space";
        }
        return Posix.KindOf(real, out string number) switch
        {
            FileKind.BlockDevice => FindDevice(number),
            FileKind.Regular => FindLoop(real),
            _ => null,
        };
    }

    private static string? FindDevice(string number)
    {
        string? mount = MountPointOf(number);
        if (mount is not null)
        {
            return $"is mounted on {mount}";
        }
        string system = "/sys/dev/block/" + number;
        if (!Directory.Exists(system))
        {
            return null;
        }
        string? holder = Names(Path.Combine(system, "holders")).FirstOrDefault();
        if (holder is not null)
        {
            return $"is used by {holder}";
        }
        string? partition = Names(system).FirstOrDefault(name => File.Exists(Path.Combine(system, name, "partition")));
        if (partition is not null)
        {
            return $"has partitions ({partition})";
        }
        string readOnly = Path.Combine(system, "ro");
        return File.Exists(readOnly) && File.ReadAllText(readOnly).Trim() == "1" ? "is write-protected" : null;
    }

    // proc_pid_mountinfo(5): "ID parent major:minor root mount-point ...".
    private static string? MountPointOf(string number) =>
        ReadLines("/proc/self/mountinfo")
            .Select(line => line.Split(' '))
            .FirstOrDefault(fields => fields.Length > 4 && fields[2] == number)?[4];

    private static bool IsSwap(string path) =>
        ReadLines("/proc/swaps").Skip(1).Any(line => line.Split(' ', '\t')[0] == path);

    private static string? FindLoop(string path) =>
        Names("/sys/block")
            .Where(name => ReadLines($"/sys/block/{name}/loop/backing_file").FirstOrDefault() == path)
            .Select(name => $"is attached to /dev/{name}")
            .FirstOrDefault();

    private static string[] Names(string directory)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(directory).Select(entry => Path.GetFileName(entry)).Order()];
        }
        catch (IOException)
        {
            return [];
        }
    }

    // A file of /proc or /sys that is not there says nothing.
    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
