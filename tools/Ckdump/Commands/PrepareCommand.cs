using System;
using System.CommandLine;
using System.IO;
using System.Text;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Config;
using CosmosKdump.Ckdump.Inspect;
using CosmosKdump.CommandLine;

namespace CosmosKdump.Ckdump.Commands;

/// <summary><c>ckdump prepare</c>: makes a disk, a partition or an image file a dump area.</summary>
public static class PrepareCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "Disk, partition or image file" };
        var size = new Option<string>("--size")
        {
            Description = "Make a new file of this size, such as 8G",
            HelpName = "SIZE",
        };
        var asFile = new Option<bool>("--file")
        {
            Description = "PATH is a file of this machine's own file system (ext4, xfs), and the area its place on the disk",
        };
        var sparse = new Option<bool>("--sparse") { Description = "Do not reserve the space of a new image file" };
        var uuid = new Option<string>("--uuid")
        {
            Description = "UUID of the area (default: keep it, or a new one)",
            HelpName = "UUID",
        };
        var force = new Option<bool>("--force")
        {
            Description = "Destroy what is there, but for an unsaved dump; take a disk that the capture kernel cannot find",
        };
        var discard = new Option<bool>("--discard-dump") { Description = "Destroy a dump that was not saved" };
        var json = new Option<bool>("--json") { Description = "Write the result as JSON" };
        var command = new Command(
            "prepare",
            "Makes a disk, a partition or an image file the dump area. Refuses whatever holds data, and what the "
            + "capture kernel has no driver for: it finds NVMe, SATA, virtio-blk and virtio-scsi disks, and on them the "
            + "partitions of a GPT or MBR. Never asks.")
        {
            path, size, asFile, sparse, uuid, force, discard, json,
        };
        HelpWithExamples.Set(command,
            "ckdump prepare /dev/disk/by-id/nvme-SERIAL-part3",
            "ckdump prepare --file /var/crash/area --size 8G  # a file of this machine: ckdump load tells where it lies",
            "ckdump prepare --size 8G /var/lib/crash.img    # an image file for a virtual machine",
            "ckdump prepare --force /dev/vdb                # whatever it held is lost, but for an unsaved dump");
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(asFile) && parsed.GetValue(sparse))
            {
                throw ToolException.Usage("--sparse: a file that is a dump area needs all of its blocks (--file)");
            }
            AreaUuid? wanted = ParseUuid(parsed.GetValue(uuid));
            long? sizeBytes = ParseSize(parsed.GetValue(size));
            string file = parsed.GetRequiredValue(path);
            (bool isForced, bool mayDiscard) = (parsed.GetValue(force), parsed.GetValue(discard));
            AreaLabel label = parsed.GetValue(asFile)
                ? PrepareFile.Run(file, sizeBytes, wanted, isForced, mayDiscard, parsed.InvocationConfiguration.Error)
                : Prepare(file, sizeBytes, parsed.GetValue(sparse), wanted, isForced, mayDiscard);
            Report(parsed.InvocationConfiguration.Output, file, label, parsed.GetValue(json));
            return ExitCode.Ok;
        });
        return command;
    }

    private static bool IsBelowDev(string path) =>
        Path.GetFullPath(path).StartsWith("/dev/", StringComparison.Ordinal);

    private static AreaLabel Prepare(
        string path, long? sizeBytes, bool sparse, AreaUuid? wanted, bool force, bool discard)
    {
        FileKind kind = Posix.KindOf(path, out string deviceNumber);
        if (kind == FileKind.Missing)
        {
            // A file there would be in memory, and gone at the next boot.
            if (IsBelowDev(path))
            {
                throw new ToolException(path, "no such device", "lsblk lists what there is");
            }
            long bytes = sizeBytes
                ?? throw new ToolException(path, "no such file or device", "give --size to make an image file");
            using AreaFile created = AreaFile.Create(path, bytes, sparse);
            return Write(created, AreaLabel.Create(wanted ?? AreaFile.NewUuid(), (ulong)bytes));
        }
        string? user = DeviceUse.Find(path);
        if (user is not null)
        {
            throw new ToolException(path, user, "choose another one, or release it first");
        }
        if (kind == FileKind.BlockDevice && !force
            && new CaptureReach("/sys", "/dev").Find(deviceNumber) is string unreachable)
        {
            throw new ToolException(path, unreachable, "choose another one, or use --force to prepare it all the same");
        }
        using AreaFile area = AreaFile.Open(path, write: true);
        if (sizeBytes is not null && sizeBytes != area.LengthBytes)
        {
            throw new ToolException(path, $"exists with another size ({area.LengthBytes} bytes)",
                "--size is for new image files");
        }
        if ((ulong)area.LengthBytes < AreaLabel.MinimumAreaBytes || area.LengthBytes % 512 != 0)
        {
            throw new ToolException(path, $"has {area.LengthBytes} bytes",
                $"a dump area has at least {AreaLabel.MinimumAreaBytes} bytes, and whole sectors of 512");
        }
        AreaLabel label = NextLabel(area, wanted, force, discard);
        area.KeepLock();
        return Write(area, label);
    }

    /// <summary>
    /// The label that an area gets, whose place holds nothing that must not be lost (<see cref="ToolException"/> otherwise).
    /// </summary>
    internal static AreaLabel NextLabel(AreaFile area, AreaUuid? wanted, bool force, bool discard)
    {
        bool isArea = area.ReadLabel(out AreaLabel before) == Status.Ok;
        bool hasDump = isArea && ContentCheck.HoldsUnsavedDump(area, before);
        if (hasDump && !discard)
        {
            throw new ToolException(area.Path,
                $"the dump area holds a dump that was not saved ({AreaText.Summary(before)})",
                $"save it with ckdump save {area.Path}, or give --discard-dump to lose it");
        }
        if (!force && hasDump)
        {
            ContentCheck.RequireNoFileSystem(area);
        }
        else if (!force)
        {
            ContentCheck.RequireNothingOfValue(area);
        }
        AreaLabel label = AreaLabel.Create(
            wanted ?? (isArea ? before.Uuid : AreaFile.NewUuid()), (ulong)area.LengthBytes);
        label.Sequence = isArea ? before.Sequence + 1 : 1;
        return label;
    }

    private static AreaLabel Write(AreaFile area, AreaLabel label)
    {
        area.WriteEmpty(label);
        return label;
    }

    private static void Report(TextWriter output, string path, in AreaLabel label, bool asJson)
    {
        string target = "disk:" + AreaUuidText.Of(label.Uuid);
        if (asJson)
        {
            AreaLabel written = label;
            JsonOutput.Write(output, json =>
            {
                json.WriteStartObject();
                json.WriteString("path", path);
                json.WriteString("uuid", AreaUuidText.Of(written.Uuid));
                json.WriteNumber("sizeBytes", written.AreaBytes);
                json.WriteNumber("capacityBytes", written.CapacityBytes);
                json.WriteString("target", target);
                json.WriteEndObject();
            });
            return;
        }
        output.WriteLine($"{path}: dump area prepared, UUID {AreaUuidText.Of(label.Uuid)}");
        output.WriteLine("  " + Room(label.CapacityBytes));
        output.WriteLine("  capture kernel's command line: kdump.target=" + target);
        if (label.IsFile)
        {
            // Nothing finds a file that is not named.
            output.WriteLine($"  line for {DumpConfig.DefaultFile}: file {Path.GetFullPath(path)}");
        }
    }

    private static string Room(ulong capacityBytes)
    {
        // A full dump is a little larger than memory: it holds the kernel's text and data twice.
        const ulong KernelTextBytes = 64 << 20;
        const ulong SmallestMachineBytes = 16 << 20;
        return capacityBytes < KernelTextBytes + SmallestMachineBytes
            ? "too small for a full dump of any machine; for kdump.format=kdump only"
            : "room for a full dump of a machine with up to "
                + $"{ByteSize.Format((long)(capacityBytes - KernelTextBytes))} of memory";
    }

    private static AreaUuid? ParseUuid(string? text)
    {
        if (text is null)
        {
            return null;
        }
        return AreaUuid.Parse(Encoding.UTF8.GetBytes(text), out AreaUuid uuid) == Status.Ok && !uuid.IsNil
            ? uuid
            : throw ToolException.Usage($"--uuid: not a UUID: {text}");
    }

    private static long? ParseSize(string? text)
    {
        if (text is null)
        {
            return null;
        }
        bool isSize = ByteSize.TryParse(text, out long bytes)
            && (ulong)bytes >= AreaLabel.MinimumAreaBytes && bytes % Limits.PageBytes == 0;
        return isSize
            ? bytes
            : throw ToolException.Usage($"--size: {text} is not a size: give a multiple of 4K, at least 8K, such as 8G");
    }
}
