using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using CosmosKdump.Lab;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Support;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Files;

/// <summary>A file of a file system as the dump area: prepared, mapped, written below the file system, read through it.</summary>
public sealed class FileAreaTests
{
    private const int MemoryMiB = 256;
    private const int AreaMiB = 300;
    private const string Actions = "kdump.final_action=poweroff kdump.failure_action=poweroff";
    private const string Stop = "cat /tmp/progress; echo \"LAB: failed\"; exit 1";

    // Small files with gaps between them: the area must lie in many pieces.
    private const string Scatter = """
        for i in $(seq 1 90); do fallocate -l 8M /mnt/filler$i 2>/dev/null || break; done
        for i in $(seq 1 2 90); do rm -f /mnt/filler$i; done
        sync
        """;

    [Theory]
    [InlineData(FileSystemKind.Ext4, DiskInterface.Nvme, false)]
    [InlineData(FileSystemKind.Xfs, DiskInterface.VirtioModern, true)]
    [InlineData(FileSystemKind.Ext4, DiskInterface.Ahci, false)]
    [InlineData(FileSystemKind.Xfs, DiskInterface.Ahci, true)]
    public void A_dump_goes_into_a_file_and_comes_out_of_it(FileSystemKind kind, DiskInterface bus, bool isLogical)
    {
        using FileDisk disk = new(kind, 720, isLogical);
        string before = disk.Path + ".before";
        string copy = disk.Path + ".copy";
        try
        {
            byte[] map = [];
            Run(disk, kind, bus, MemoryMiB, $"{Scatter}\n{Prepare}", "", guest =>
            {
                map = MapOf(guest);
                Copy(disk.Path, before);
            }, guest => Assert.Contains("ckdump: dump complete", guest.Console.Text));
            Assert.True(BitConverter.ToUInt32(map, 20) > 20, "the file lies in one piece");
            Assert.Equal(-1, disk.FirstDifferenceOutside(before, map));

            // The next boot: the file is read through the file system, and its dump is that of the first crash.
            using (FileStream file = File.Create(copy))
            {
                file.SetLength(AreaMiB << 20);
            }
            string read = $"""
                ckdump verify --read /mnt/area 2>/tmp/progress || {Stop}
                ckdump info /mnt/area >/tmp/info || {Stop}
                dd if=/mnt/area of={SecondDisk(bus)} bs=1M 2>/dev/null || {Stop}
                ckdump save /mnt/area -o /tmp/vmcore 2>/tmp/progress || {Stop}
                ckdump verify /tmp/vmcore || {Stop}
                rm -f /mnt/area 2>/dev/null
                [ -e /mnt/area ] || echo "LAB: failed: the area can be removed"
                {Map}
                """;
            Run(disk, kind, bus, 1024, read, copy, guest => Assert.Equal(map, MapOf(guest)),
                guest => Assert.DoesNotContain("E310", guest.Console.Text));
            // Debug symbols of the kernel that has AHCI are a gigabyte: our own tool answers there.
            string log = bus == DiskInterface.Ahci
                ? CkdumpTool.Output("log", copy)
                : CrashUtility.Ask(HostSetup.Vmlinux(KernelSeries.Linux61), copy, [], "log")[0];
            Assert.Contains("sysrq: Trigger a crash", log);
        }
        finally
        {
            File.Delete(before);
            File.Delete(copy);
        }
    }

    /// <summary>What happens to the disk after the map was loaded; not one byte may change.</summary>
    [Theory]
    [InlineData("stamp", "E310")]
    [InlineData("label", "E310")]
    [InlineData("volume", "E310")]
    [InlineData("table", "E311")]
    public void A_file_that_is_not_where_it_was_is_left_alone(string what, string error)
    {
        using FileDisk disk = new(FileSystemKind.Ext4, 400, isLogical: false);
        string before = disk.Path + ".before";
        try
        {
            Run(disk, FileSystemKind.Ext4, DiskInterface.Nvme, MemoryMiB, Prepare, "", guest =>
            {
                Spoil(disk, MapOf(guest), what);
                Copy(disk.Path, before);
            }, guest => Assert.Contains(error, guest.Console.Text));
            Assert.Equal(-1, disk.FirstDifferenceOutside(before, new byte[128]));
        }
        finally
        {
            File.Delete(before);
        }
    }

    private static string Map => $"""
        rm -f /tmp/map
        ckdump map /mnt/area -o /tmp/map || {Stop}
        echo "LAB: map $(base64 -w0 /tmp/map | fold -w 200 | tr '\n' ' ')"
        """;

    private static string Prepare => $"""
        ckdump prepare --file /mnt/area --size {AreaMiB}M 2>/tmp/progress || {Stop}
        {Map}
        """;

    private static string SecondDisk(DiskInterface bus) => bus == DiskInterface.Nvme ? "/dev/vda" : "/dev/nvme0n1";

    private static void Spoil(FileDisk disk, byte[] map, string what)
    {
        long first = BitConverter.ToInt64(map, 128 + 8);
        int last = 128 + (24 * ((int)BitConverter.ToUInt32(map, 20) - 1));
        long labelAt = BitConverter.ToInt64(map, last + 8) + BitConverter.ToInt64(map, last + 16) - 4096;
        (long at, byte[] bytes) = what switch
        {
            "stamp" => (first + (16 << 20), new byte[4096]),
            "label" => (labelAt, new byte[4096]),
            "volume" => (disk.FirstByte + 1024 + 0x68, Guid.NewGuid().ToByteArray()),
            _ => (446 + 4, [0]),
        };
        disk.Write(at, bytes);
    }

    private static byte[] MapOf(Guest guest)
    {
        string line = guest.Console.Lines.Select(each => each.Text).Last(each => each.StartsWith("LAB: map ", StringComparison.Ordinal));
        return Convert.FromBase64String(line["LAB: map ".Length..].Replace(" ", "").Trim());
    }

    private static void Copy(string from, string to) => HostCommand.Output("cp", "--sparse=always", from, to);

    private static void Run(
        FileDisk disk, FileSystemKind kind, DiskInterface bus, int memoryMiB, string work, string second,
        Action<Guest> atReady, Action<Guest> atEnd)
    {
        string device = bus switch
        {
            DiskInterface.Nvme => "/dev/nvme0n1p",
            DiskInterface.Ahci => "/dev/sda",
            _ => "/dev/vda",
        };
        List<GuestDisk> disks = [new GuestDisk { Interface = bus, ImagePath = disk.Path }];
        if (second.Length != 0)
        {
            DiskInterface other = bus == DiskInterface.Nvme ? DiskInterface.VirtioModern : DiskInterface.Nvme;
            disks.Add(new GuestDisk { Interface = other, ImagePath = second });
        }
        string name = kind == FileSystemKind.Ext4 ? "ext4" : "xfs";
        TestGuest.Boot(
            new GuestOptions
            {
                Kernel = bus == DiskInterface.Ahci ? KernelSeries.Linux61Full : KernelSeries.Linux61,
                MemoryMiB = memoryMiB,
                Disks = disks,
                Modules = kind == FileSystemKind.Ext4 ? ["crc32c_generic", "ext4"] : ["crc32c_generic", "xfs"],
                Programs = [CkdumpTool.Path],
                BootLimit = TimeSpan.FromMinutes(8),
                BeforeLoad = $$"""
                    mkdir -p /mnt
                    export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
                    for part in 1 5; do [ -b {{device}}$part ] && mount -t {{name}} {{device}}$part /mnt && break; done
                    grep -q ' /mnt ' /proc/mounts || { {{Stop}}; }
                    {{work.Replace("|| " + Stop, "|| { " + Stop + "; }", StringComparison.Ordinal)}}
                    """,
                // Nothing changes on the disk from here to the crash.
                BeforeCrash = "sync; fsfreeze --freeze /mnt",
                Capture = CaptureKernel.Ours(Actions) with { GuestInitrd = "/tmp/map" },
            },
            guest =>
            {
                atReady(guest);
                guest.Crash();
                guest.WaitUntilDone(TestGuest.CaptureLimit);
                Assert.True(guest.WaitForEnd(TestGuest.LineLimit), "QEMU still runs");
                atEnd(guest);
            },
            $"{nameof(FileAreaTests)}-{name}");
    }
}
