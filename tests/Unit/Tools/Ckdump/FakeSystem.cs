using System.IO;
using CosmosKdump.Ckdump.Areas;

namespace CosmosKdump.Tests.Unit.Tools.Ckdump;

/// <summary>A sysfs and device files of a machine that is not there.</summary>
internal sealed class FakeSystem(TestFolder folder)
{
    /// <summary>Where the first PCI function lies in sysfs.</summary>
    public const string Pci = "devices/pci0000:00/0000:00:04.0";

    private readonly string _system = folder.PathOf("sys");
    private readonly string _devices = folder.PathOf("dev");

    /// <summary>What is said of a device, null if the capture kernel finds it.</summary>
    public string? Find(string number) => new CaptureReach(_system, _devices).Find(number);

    /// <summary>Makes an attribute.</summary>
    public void Attribute(string path, string value)
    {
        string file = Path.Combine(_system, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, value + "\n");
    }

    /// <summary>Makes a link to a folder, relative as they are in sysfs.</summary>
    public void Link(string path, string target)
    {
        string link = Path.Combine(_system, path);
        string folder = Path.GetDirectoryName(link)!;
        Directory.CreateDirectory(folder);
        Directory.CreateDirectory(Path.Combine(_system, target));
        Directory.CreateSymbolicLink(link, Path.GetRelativePath(folder, Path.Combine(_system, target)));
    }

    /// <summary>Makes a disk with its device, and the link by its number.</summary>
    public void Disk(string number, string disk, string device, uint blockBytes = 512)
    {
        Attribute($"{disk}/queue/logical_block_size", $"{blockBytes}");
        Link($"{disk}/device", device);
        Link($"dev/block/{number}", disk);
    }

    /// <summary>An NVMe controller on a PCI function, and one namespace of it: <c>/dev/nvme0n1</c>.</summary>
    public string Nvme(string number, string function = Pci, string transport = "pcie", int id = 1, uint blockBytes = 512)
    {
        string controller = $"{function}/nvme/nvme0";
        string disk = $"{controller}/nvme0n{id}";
        Attribute($"{controller}/transport", transport);
        Attribute($"{disk}/nsid", $"{id}");
        Disk(number, disk, controller, blockBytes);
        return disk;
    }

    /// <summary>A virtio-blk disk: <c>/dev/vda</c>.</summary>
    public string Virtio(string number, string bus = Pci)
    {
        string disk = $"{bus}/virtio1/block/vda";
        Link($"{bus}/virtio1/driver", "bus/virtio/drivers/virtio_blk");
        Disk(number, disk, $"{bus}/virtio1");
        return disk;
    }

    /// <summary>A SATA disk, <c>/dev/sda</c>, on a controller of a class.</summary>
    public string Sata(string number, string mode, int channel)
    {
        string device = $"{Pci}/ata1/host0/target0:{channel}:0/0:{channel}:0:0";
        Attribute($"{Pci}/class", mode);
        Disk(number, $"{device}/block/sda", device);
        return $"{device}/block/sda";
    }

    /// <summary>A disk on virtio-scsi, <c>/dev/sda</c>.</summary>
    public string VirtioScsi(string number, int target = 0, ulong lun = 0, string bus = Pci)
    {
        string device = $"{bus}/virtio2/host0/target0:0:{target}/0:0:{target}:{lun}";
        Disk(number, $"{device}/block/sda", device);
        return $"{device}/block/sda";
    }

    /// <summary>A partition of a disk; start and size in sectors of 512 bytes.</summary>
    public void Partition(string number, string disk, ulong start, ulong size)
    {
        string path = $"{disk}/{Path.GetFileName(disk)}p1";
        Attribute($"{path}/partition", "1");
        Attribute($"{path}/start", $"{start}");
        Attribute($"{path}/size", $"{size}");
        Link($"dev/block/{number}", path);
    }

    /// <summary>The device file of a disk.</summary>
    public void DeviceFile(string name, byte[] content)
    {
        Directory.CreateDirectory(_devices);
        File.WriteAllBytes(Path.Combine(_devices, name), content);
    }
}
