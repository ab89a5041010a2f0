using System.Collections.Generic;
using System.IO;
using System.Text.Json.Nodes;

namespace CosmosKdump.Lab.Guests;

/// <summary>The host's side of a guest's disk: makes the image, and describes it to QEMU.</summary>
public sealed class DiskImage
{
    private const long MiB = 1 << 20;
    private const int SectorBytes = 512;
    private const int Eio = 5;
    private readonly GuestDisk _disk;
    private readonly string _node;
    private readonly int _index;

    /// <summary>Makes the image of disk number <paramref name="index"/> in a folder.</summary>
    public DiskImage(GuestDisk disk, int index, int guestMemoryMiB, string folder)
    {
        _disk = disk;
        _index = index;
        _node = $"disk{index}";
        int sizeMiB = disk.SizeMiB != 0 ? disk.SizeMiB : guestMemoryMiB + (guestMemoryMiB / 8) + 16;
        Path = disk.ImagePath ?? System.IO.Path.Combine(folder, $"{_node}.raw");
        IsOurs = disk.ImagePath == null;
        LengthBytes = IsOurs ? sizeMiB * MiB : new FileInfo(Path).Length;
        if (IsOurs)
        {
            Create();
        }
        if (disk.Prepared)
        {
            // An image of your own may hold an earlier dump: that it is named here is consent enough.
            string[] force = IsOurs ? [] : ["--force", "--discard-dump"];
            CkdumpTool.Output(["prepare", Path, .. force]);
        }
    }

    /// <summary>Path of the raw image.</summary>
    public string Path { get; }

    /// <summary>Length of the disk, bytes.</summary>
    public long LengthBytes { get; }

    /// <summary>The image was made for this run.</summary>
    public bool IsOurs { get; }

    /// <summary>The image shows what the guest writes.</summary>
    public bool IsVisible => _disk.Medium is DiskMedium.Sparse or DiskMedium.Written;

    /// <summary>QEMU's arguments for this disk.</summary>
    public string[] QemuArguments()
    {
        string[] throttle = _disk.BytesPerSecond == 0 ? [] : ["-object", ThrottleGroup().ToJsonString()];
        string[] controller = Controller() is { } model ? ["-device", model + More()] : [];
        return [.. throttle, "-blockdev", Node().ToJsonString(), .. controller, "-device", Device()];
    }

    private void Create()
    {
        using FileStream file = new(Path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        if (_disk.Medium != DiskMedium.Written)
        {
            file.SetLength(LengthBytes);
            return;
        }
        byte[] zeros = new byte[MiB];
        for (long at = 0; at < LengthBytes; at += zeros.Length)
        {
            file.Write(zeros);
        }
        file.Flush(flushToDisk: true);
    }

    private string More() => _disk.DeviceProperties.Length == 0 ? "" : "," + _disk.DeviceProperties;

    // The controller that the disk brings.
    private string? Controller() => _disk.Interface switch
    {
        DiskInterface.Nvme when _disk.NvmePlace.Length != 0 && !IsBehindOthers => $"nvme,id=nvme{_index},serial=LAB-{_node}",
        DiskInterface.Ahci when _disk.AhciPort.Length == 0 => $"ahci,id=ahci{_index}",
        DiskInterface.VirtioScsi when !IsBehindOthers => $"virtio-scsi-pci,disable-legacy=on,disable-modern=off,id=scsi{_index}",
        DiskInterface.VirtioScsiLegacy when !IsBehindOthers => $"virtio-scsi-pci,disable-legacy=off,disable-modern=on,id=scsi{_index}",
        DiskInterface.VirtioScsiMmio when !IsBehindOthers => $"virtio-scsi-device,id=scsi{_index}",
        _ => null,
    };

    private bool IsBehindOthers => _disk.ScsiPlace.StartsWith("scsi", System.StringComparison.Ordinal)
        || _disk.NvmePlace.StartsWith("nvme", System.StringComparison.Ordinal);

    private string Device()
    {
        if (_disk.Interface == DiskInterface.Ahci)
        {
            string port = _disk.AhciPort.Length == 0 ? $"ahci{_index}.0" : _disk.AhciPort;
            return $"ide-hd,bus={port},drive={_node},physical_block_size={_disk.BlockBytes}";
        }
        string blocks = $"logical_block_size={_disk.BlockBytes},physical_block_size={_disk.BlockBytes}";
        if (_disk.Interface is DiskInterface.VirtioScsi or DiskInterface.VirtioScsiLegacy or DiskInterface.VirtioScsiMmio)
        {
            string[] place = (_disk.ScsiPlace.Length == 0 ? "0:0" : _disk.ScsiPlace).Split(':');
            string bus = IsBehindOthers ? place[0] : $"scsi{_index}.0";
            return $"scsi-hd,id=scsi-disk{_index},bus={bus},scsi-id={place[^2]},lun={place[^1]},drive={_node},{blocks}";
        }
        if (_disk.Interface == DiskInterface.Nvme && _disk.NvmePlace.Length != 0)
        {
            string[] place = _disk.NvmePlace.Split(':');
            string bus = IsBehindOthers ? place[0] : $"nvme{_index}";
            return $"nvme-ns,bus={bus},nsid={place[^1]},drive={_node},{blocks}{(_disk.Detached ? ",detached=on" : "")}";
        }
        string model = _disk.Interface switch
        {
            DiskInterface.VirtioModern => "virtio-blk-pci,disable-legacy=on,disable-modern=off",
            DiskInterface.VirtioTransitional => "virtio-blk-pci,disable-legacy=off,disable-modern=off",
            DiskInterface.VirtioMmio => "virtio-blk-device",
            DiskInterface.VirtioLegacy => "virtio-blk-pci,disable-legacy=off,disable-modern=on",
            _ => $"nvme,serial=LAB-{_node}",
        };
        return $"{model},drive={_node},{blocks}{More()}";
    }

    private JsonObject Node()
    {
        JsonObject node = Medium();
        if (_disk.FailAllWrites || _disk.FailWritesAtBytes >= 0)
        {
            node = _disk.FailAllWrites ? Faulty(node, Fault()) : Faulty(node, [.. FaultySectors()]);
        }
        if (_disk.BytesPerSecond != 0)
        {
            node = new JsonObject { ["driver"] = "throttle", ["throttle-group"] = ThrottleName, ["file"] = node };
        }
        node["node-name"] = _node;
        node["read-only"] = _disk.ReadOnly;
        if (_disk.ZerosAsHoles)
        {
            node["discard"] = "unmap";
            node["detect-zeroes"] = "unmap";
        }
        // cache=unsafe: the host's page cache takes the writes, flushes cost nothing; the same for every capture.
        node["cache"] = new JsonObject { ["direct"] = false, ["no-flush"] = true };
        return node;
    }

    private JsonObject Medium() => _disk.Medium switch
    {
        DiskMedium.Null => Null(),
        DiskMedium.NullWithLabel => NullWithLabel(),
        _ => Raw(),
    };

    // A quorum of two, one vote of which is enough: reads ask its first member, the image, whose writes all fail at no
    // cost; so every write is done by the second member alone.
    private JsonObject NullWithLabel() => new()
    {
        ["driver"] = "quorum",
        ["vote-threshold"] = 1,
        ["read-pattern"] = "fifo",
        ["children"] = new JsonArray(Faulty(Raw(), Fault()), Null()),
    };

    private JsonObject Null() => new() { ["driver"] = "null-co", ["size"] = LengthBytes, ["read-zeroes"] = true };

    private JsonObject Raw() => new()
    {
        ["driver"] = "raw",
        ["file"] = new JsonObject { ["driver"] = "file", ["filename"] = Path },
    };

    private IEnumerable<JsonNode> FaultySectors()
    {
        long first = _disk.FailWritesAtBytes / SectorBytes;
        long end = (_disk.FailWritesAtBytes + _disk.FailWritesBytes + SectorBytes - 1) / SectorBytes;
        for (long sector = first; sector < end; sector += _disk.FailWritesEveryBytes / SectorBytes)
        {
            JsonObject fault = Fault();
            fault["sector"] = sector;
            if (_disk.FailWritesOnce)
            {
                fault["once"] = true;
            }
            yield return fault;
        }
    }

    // Without a sector: every write.
    private static JsonObject Fault() => new() { ["event"] = "none", ["iotype"] = "write", ["errno"] = Eio };

    private static JsonObject Faulty(JsonObject node, params JsonNode[] faults) =>
        new() { ["driver"] = "blkdebug", ["image"] = node, ["inject-error"] = new JsonArray(faults) };

    private string ThrottleName => _node + "-limit";

    private JsonObject ThrottleGroup() => new()
    {
        ["qom-type"] = "throttle-group",
        ["id"] = ThrottleName,
        ["limits"] = new JsonObject { ["bps-write"] = _disk.BytesPerSecond },
    };
}
