using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;

namespace CosmosKdump.Ckdump.Areas;

/// <summary>Looks for dump areas on the disks and partitions of this machine.</summary>
public static class AreaScan
{
    /// <summary>Paths and labels of all dump areas; disks that cannot be read are passed over.</summary>
    public static IReadOnlyList<(string Path, AreaLabel Label)> Find()
    {
        var found = new List<(string, AreaLabel)>();
        const string Devices = "/sys/class/block";
        if (!Directory.Exists(Devices))
        {
            return found;
        }
        foreach (string entry in Directory.EnumerateFileSystemEntries(Devices).Order())
        {
            // Names with '/' in them have '!' here (Linux, Documentation/ABI/stable/sysfs-block).
            string path = "/dev/" + Path.GetFileName(entry).Replace('!', '/');
            if (TryReadLabel(path, out AreaLabel label))
            {
                found.Add((path, label));
            }
        }
        return found;
    }

    private static bool TryReadLabel(string path, out AreaLabel label)
    {
        label = default;
        try
        {
            if (Posix.KindOf(path, out _) != FileKind.BlockDevice)
            {
                return false;
            }
            using AreaFile area = AreaFile.Open(path, write: false);
            return area.ReadLabel(out label) == Status.Ok;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
