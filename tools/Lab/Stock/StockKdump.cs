using System.IO;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Stock;

/// <summary>
/// Stock kdump at its leanest: the same Debian kernel, and an initramfs of busybox and makedumpfile that copies
/// <c>/proc/vmcore</c> to the first disk. A distribution's initramfs is ten times larger and starts later.
/// </summary>
public static class StockKdump
{
    /// <summary>The reservation that it works with for guests up to 4 GiB.</summary>
    public const string CrashKernel = "160M";

    private const string Arguments = "console=ttyS0,115200 quiet nr_cpus=1";

    /// <summary>The reservation that it works with for a guest: its bitmaps and its view of memory grow with it.</summary>
    public static string CrashKernelFor(int memoryMiB) => memoryMiB switch
    {
        <= 4096 => CrashKernel,
        <= 16384 => "256M",
        _ => "512M",
    };

    /// <summary>Copies everything, as <c>dd if=/proc/vmcore</c>.</summary>
    public static CaptureKernel Copy(KernelSeries series, DiskInterface disk, string folder, Progress progress) =>
        Build(series, disk, $"dd if=/proc/vmcore of={Device(disk)} bs=1M conv=fsync 2>&1", folder, progress);

    /// <summary>Copies only the first MiB: the vmcore's headers.</summary>
    public static CaptureKernel CopyHead(KernelSeries series, DiskInterface disk, string folder, Progress progress) =>
        Build(series, disk, $"dd if=/proc/vmcore of={Device(disk)} bs=1M count=1 conv=fsync 2>&1", folder, progress);

    /// <summary>Filters and compresses by makedumpfile with these options, such as <c>-l -d 31</c>.</summary>
    public static CaptureKernel Makedumpfile(KernelSeries series, DiskInterface disk, string options, string folder,
        Progress progress)
    {
        // A disk is no regular file: -F writes the flattened format, which needs no seeking.
        // Its messages are errors and the times of its steps: no progress, whose printing takes time.
        string filter = $"makedumpfile -F {options} --message-level 20 /proc/vmcore 2>/tmp/log";
        string command = $"{filter} | dd of={Device(disk)} bs=1M conv=fsync 2>&1";
        return Build(series, disk, command, folder, progress);
    }

    /// <summary>Name of a guest's first disk.</summary>
    public static string Device(DiskInterface disk) => disk switch
    {
        DiskInterface.Nvme => "/dev/nvme0n1",
        DiskInterface.Ahci or DiskInterface.VirtioScsi or DiskInterface.VirtioScsiLegacy => "/dev/sda",
        _ => "/dev/vda",
    };

    private static CaptureKernel Build(KernelSeries series, DiskInterface disk, string command, string folder,
        Progress progress)
    {
        DebianKernel kernel = DebianKernel.Of(series, progress);
        Userland userland = Userland.Get(progress);
        Initramfs content = new(userland);
        content.AddProgram(userland.Makedumpfile);
        content.AddModules(KernelModules.ForDisks(kernel, disk));
        content.AddText(Initramfs.JobPath, $"""
            echo "{GuestJob.Mark}capture started, vmcore of $(stat -c %s /proc/vmcore) bytes"
            set -o pipefail
            {command}
            code=$?
            free=$(awk '/MemFree/ {"{print $2}"}' /proc/meminfo)
            # Sectors written (Documentation/admin-guide/iostats.rst).
            written=$(awk '{"{print $7 * 512}"}' /sys/block/{Path.GetFileName(Device(disk))}/stat)
            echo "{GuestJob.Mark}capture done, exit code $code, memory free $free KiB, written $written bytes"
            [ -f /tmp/log ] && sed -n 's/^STEP/{GuestJob.Mark}step/p' /tmp/log
            echo "{GuestJob.Mark}steps told"
            reboot -f

            """);
        Directory.CreateDirectory(folder);
        string initrd = Path.Combine(folder, $"stock-{series}.cpio");
        content.Write(initrd);
        return new CaptureKernel(kernel.Vmlinuz, Arguments) { Initrd = initrd };
    }
}
