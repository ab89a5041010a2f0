using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Extents;

/// <summary>
/// Follows extents on a block device down to the disk: through partitions, and through device-mapper volumes that are
/// linear where the extents lie (LVM's usual volumes). Sysfs is <paramref name="systemRoot"/>.
/// </summary>
public sealed class DiskResolver(string systemRoot, IMapperTables mapper)
{
    private const ulong SectorBytes = 512;
    private const int MostLayers = 8;

    /// <summary>
    /// Extents on the device of a number, as extents on one disk; what is not so is a <see cref="ToolException"/> that
    /// names <paramref name="path"/>.
    /// </summary>
    public DiskExtents Resolve(string path, string deviceNumber, IReadOnlyList<FileExtent> extents)
    {
        var found = new List<FileExtent>();
        SystemFolder? disk = null;
        foreach (FileExtent extent in extents)
        {
            foreach ((SystemFolder piecesDisk, FileExtent piece) in Follow(path, deviceNumber, extent, 0))
            {
                if (disk is { } other && other.Path != piecesDisk.Path)
                {
                    throw new ToolException(path, $"lies on more than one disk ({other.Name} and {piecesDisk.Name})",
                        "the capture kernel writes to one");
                }
                disk = piecesDisk;
                found.Add(piece);
            }
        }
        if (disk is not { } only || only.Text("dev") is not string number)
        {
            throw new ToolException(path, $"lies on device {deviceNumber}, which {systemRoot} does not know");
        }
        return new DiskExtents(number, only.Name.Replace('!', '/'), found);
    }

    private IEnumerable<(SystemFolder Disk, FileExtent Extent)> Follow(
        string path, string deviceNumber, FileExtent extent, int layer)
    {
        var device = new SystemFolder(Path.Combine(systemRoot, "dev", "block", deviceNumber));
        if (!device.Exists)
        {
            throw new ToolException(path, $"lies on no block device (device {deviceNumber})",
                "a dump area is a file of ext2, ext3, ext4 or xfs on a disk");
        }
        if (layer == MostLayers)
        {
            throw new ToolException(path, $"lies below more than {MostLayers} layers of volumes");
        }
        if (device.Text("partition") is not null)
        {
            ulong start = (device.Number("start") ?? throw new ToolException(path, $"{device.Path}/start cannot be read"))
                * SectorBytes;
            return [(device.Parent, new FileExtent(extent.FileBytes, extent.DiskBytes + start, extent.LengthBytes))];
        }
        if (device.Inner("dm").Exists)
        {
            return FollowVolume(path, device, deviceNumber, extent, layer);
        }
        string? layered = device.Inner("md").Exists ? "an md array" : device.Inner("loop").Exists ? "a loop device"
            : device.Inner("bcache").Exists ? "a bcache device" : null;
        return layered is null ? [(device, extent)]
            : throw new ToolException(path, $"lies on {layered} ({device.Name})", "choose a file system on a disk's partition");
    }

    private IEnumerable<(SystemFolder Disk, FileExtent Extent)> FollowVolume(
        string path, SystemFolder volume, string deviceNumber, FileExtent extent, int layer)
    {
        string name = volume.Inner("dm").Text("name") is string given ? $"{given} ({volume.Name})" : volume.Name;
        ulong at = extent.DiskBytes;
        ulong end = extent.DiskBytes + extent.LengthBytes;
        foreach (MapperTarget target in mapper.TargetsOf(deviceNumber))
        {
            ulong first = target.FirstSector * SectorBytes;
            ulong last = first + (target.Sectors * SectorBytes);
            if (at < first || at >= last || at >= end)
            {
                continue;
            }
            if (target.Type != "linear" || !TryParseLinear(target.Arguments, out string below, out ulong sector))
            {
                throw new ToolException(path, $"lies on the volume {name}, which is not linear ({target.Type})",
                    "choose a linear volume, or a partition");
            }
            ulong length = Math.Min(end, last) - at;
            var part = new FileExtent(
                extent.FileBytes + (at - extent.DiskBytes), (sector * SectorBytes) + (at - first), length);
            foreach ((SystemFolder, FileExtent) piece in Follow(path, below, part, layer + 1))
            {
                yield return piece;
            }
            at += length;
        }
        if (at != end)
        {
            throw new ToolException(path, $"lies beyond what the volume {name} maps");
        }
    }

    // Linux, Documentation/admin-guide/device-mapper/linear.rst: "<dev path> <offset>"; the kernel tells major:minor.
    private static bool TryParseLinear(string arguments, out string deviceNumber, out ulong sector)
    {
        string[] words = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        deviceNumber = words.FirstOrDefault() ?? "";
        sector = 0;
        return words.Length == 2 && deviceNumber.Contains(':', StringComparison.Ordinal)
            && ulong.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out sector);
    }
}
