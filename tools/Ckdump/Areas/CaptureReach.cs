using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;

namespace CosmosKdump.Ckdump.Areas;

/// <summary>
/// Whether the capture kernel, which has no drivers but its own, can find a disk or partition: an NVMe, SATA (AHCI),
/// virtio-blk or virtio-scsi disk on PCI segment 0, and on it a partition that its own reader of partition tables finds. Sysfs is
/// <paramref name="systemRoot"/>, <c>/sys</c>; device files are in <paramref name="deviceRoot"/>, <c>/dev</c>.
/// </summary>
public sealed partial class CaptureReach(string systemRoot, string deviceRoot)
{
    private const ulong SectorBytes = 512;

    // PCI class codes: Serial ATA, AHCI, as sysfs writes them.
    private const string AhciClass = "0x010601";

    // Logical units that one number of 14 bits tells (SAM-5, 4.7.7.3).
    private const ulong ScsiUnits = 1 << 14;

    // NVMe namespace IDs that a controller tells in order: as many as the capture kernel keeps.
    private const int Namespaces = 128;

    /// <summary>Says why the capture kernel cannot find the block device of a number ("major:minor"), or null.</summary>
    public string? Find(string deviceNumber)
    {
        var device = new SystemFolder(Path.Combine(systemRoot, "dev", "block", deviceNumber));
        if (!device.Exists)
        {
            return $"is no device that {systemRoot} knows";
        }
        bool isPartition = device.Text("partition") is not null;
        SystemFolder disk = isPartition ? device.Parent : device;
        return FindDisk(disk) ?? (isPartition ? FindPartition(disk, device) : null);
    }

    private static string? FindDisk(SystemFolder disk)
    {
        string? kind = disk.Name.StartsWith("nvme", StringComparison.Ordinal) ? FindNvme(disk)
            : disk.Inner("device").Inner("driver").Name == "virtio_blk" ? FindPlace(disk.Inner("device"))
            : SataPlace().Match(disk.Inner("device").Path) is { Success: true } sata ? FindSata(sata)
            : VirtioScsiPlace().Match(disk.Inner("device").Path) is { Success: true } scsi ? FindVirtioScsi(scsi)
            : $"is on {KindOf(disk)}: the capture kernel has drivers for NVMe, SATA (AHCI), virtio-blk and virtio-scsi disks only";
        if (kind is not null)
        {
            return kind;
        }
        ulong? block = disk.Inner("queue").Number("logical_block_size");
        return block is null or 512 or 4096
            ? null
            : $"has blocks of {block} bytes: the capture kernel writes blocks of 512 or 4096";
    }

    // With multipath, the disk belongs to a subsystem, in which there are links to its controllers.
    private static string? FindNvme(SystemFolder disk)
    {
        SystemFolder device = disk.Inner("device");
        SystemFolder[] controllers = device.Text("transport") is not null
            ? [device]
            : [.. device.Folders().Where(each => each.Text("transport") is not null)];
        SystemFolder[] local = [.. controllers.Where(each => each.Text("transport") == "pcie")];
        if (controllers.Length != 0 && local.Length == 0)
        {
            return $"is an NVMe disk over {controllers[0].Text("transport")}: the capture kernel has PCI only";
        }
        string? place = local.Select(FindPlace).FirstOrDefault(each => each is null, local.Length == 0 ? null : FindPlace(local[0]));
        if (place is not null)
        {
            return place;
        }
        if (disk.Number("metadata_bytes") is > 0)
        {
            return "has blocks with metadata, which the capture kernel cannot write";
        }
        return local.Any(each => BehindOthers(each, disk))
            ? $"is not among the first {Namespaces} namespaces of its controller, which are all that the capture kernel sees"
            : null;
    }

    // Documentation/ABI: a namespace's ID is in nsid; the namespaces of a controller lie in its folder, or, with
    // multipath, their paths do.
    private static bool BehindOthers(SystemFolder controller, SystemFolder disk) =>
        disk.Number("nsid") is ulong id
        && controller.Folders().Count(each => each.Name.StartsWith("nvme", StringComparison.Ordinal) && each.Number("nsid") < id) >= Namespaces;

    // A disk of libata hangs below its port, which hangs below its controller's PCI function; the channel in its target's
    // name is not 0 behind a port multiplier (drivers/ata/libata-scsi.c, ata_scsi_scan_host).
    private static string? FindSata(Match place)
    {
        var function = new SystemFolder(place.Groups["function"].Value);
        string? mode = function.Text("class");
        return mode != AhciClass
            ? $"is on an ATA controller of class {mode ?? "?"}: the capture kernel has a driver for AHCI ({AhciClass}) only; "
                + "choose AHCI for it in the firmware's set-up"
            : place.Groups["channel"].Value != "0" ? "is behind a SATA port multiplier, which the capture kernel cannot use"
            : FindPlace(function);
    }

    // A disk of virtio-scsi hangs below its virtio device, which hangs below its PCI function. Linux names units that one
    // number cannot tell, behind a second level of addresses, by larger ones (include/scsi/scsi_common.h, scsilun_to_int).
    private static string? FindVirtioScsi(Match place) =>
        ulong.TryParse(place.Groups["lun"].ValueSpan, CultureInfo.InvariantCulture, out ulong lun) && lun < ScsiUnits
            ? FindPlace(new SystemFolder(place.Groups["function"].Value))
            : $"is LUN {place.Groups["lun"].Value} of its target: the capture kernel knows numbers below {ScsiUnits} only";

    // Linux, Documentation/ABI/testing/sysfs-bus-pci: a root bus is pciDDDD:BB, D the segment ("domain").
    // Those over MMIO that Linux knows from its command line have a parent of their own (drivers/virtio/virtio_mmio.c,
    // vm_cmdline_parent); ckdump load passes these words on.
    private static string? FindPlace(SystemFolder device)
    {
        if (device.Path.Contains("/virtio-mmio-cmdline/", StringComparison.Ordinal))
        {
            return null;
        }
        Match bus = RootBus().Matches(device.Path + "/").LastOrDefault(match => match.Success) ?? Match.Empty;
        return !bus.Success ? "is not on PCI, which is all that the capture kernel finds by itself (virtio over MMIO that "
                + "ACPI or a device tree tells of: add virtio_mmio.device= to the configuration's command_line, and use --force here)"
            : bus.Groups[1].ValueSpan.TrimStart('0').Length != 0
                ? $"is on PCI segment {bus.Groups[1].Value} (Intel VMD?): the capture kernel looks at segment 0 only"
            : null;
    }

    private string? FindPartition(SystemFolder disk, SystemFolder partition)
    {
        string path = Path.Combine(deviceRoot, disk.Name.Replace('!', '/'));
        if (!FileBytes.TryOpen(path, out FileBytes? file, out FileProblem? problem))
        {
            return $"is a partition of {path}, which {problem.What}";
        }
        using (file)
        {
            uint blockBytes = (uint)(disk.Inner("queue").Number("logical_block_size") ?? SectorBytes);
            byte[] page = new byte[Limits.PageBytes];
            var reader = new HostDisk(file, page, blockBytes);
            AreaExtent[] found = new AreaExtent[Limits.Partitions];
            Status status = PartitionTable.Read(ref reader, new DmaBuffer(page, 0), found, out int count);
            if (status != Status.Ok)
            {
                return $"is a partition of {path}: {Encoding.ASCII.GetString(StatusText.Of(status))}";
            }
            ulong start = (partition.Number("start") ?? 0) * SectorBytes;
            ulong size = (partition.Number("size") ?? 0) * SectorBytes;
            bool isFound = found.Take(count).Any(each =>
                each.FirstBlock * blockBytes == start && each.BlockCount * blockBytes == size);
            return isFound ? null
                : $"is not in the partition table of {path} as the capture kernel reads it: GPT or MBR";
        }
    }

    private static string KindOf(SystemFolder disk)
    {
        string name = disk.Name;
        string mapped = disk.Inner("dm").Text("uuid") ?? "";
        return mapped.StartsWith("LVM-", StringComparison.Ordinal) ? "an LVM volume"
            : mapped.StartsWith("CRYPT-", StringComparison.Ordinal) ? "a dm-crypt volume"
            : name.StartsWith("dm-", StringComparison.Ordinal) ? "a device-mapper volume"
            : name.StartsWith("md", StringComparison.Ordinal) ? "an md array"
            : name.StartsWith("loop", StringComparison.Ordinal) ? "a loop device"
            : name.StartsWith("sd", StringComparison.Ordinal) ? "a SCSI or USB disk"
            : $"a disk of another kind ({name})";
    }

    [GeneratedRegex("^(?<function>.*)/ata[0-9]+/(?:link[0-9.]+/)?host[0-9]+/target[0-9]+:(?<channel>[0-9]+):")]
    private static partial Regex SataPlace();

    [GeneratedRegex("^(?<function>.*)/virtio[0-9]+/host[0-9]+/target[0-9]+:0:[0-9]+/[0-9]+:0:[0-9]+:(?<lun>[0-9]+)(?:/|$)")]
    private static partial Regex VirtioScsiPlace();

    [GeneratedRegex("/pci([0-9a-f]{4,}):[0-9a-f]{2}/")]
    private static partial Regex RootBus();
}
