using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text.RegularExpressions;
using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Lab.Bench.Disks;

/// <summary>How fast somebody who does nothing else writes to the disk.</summary>
/// <param name="MemoryMiB">Memory of the guest, and MiB written.</param>
/// <param name="Medium">What lies behind the disk.</param>
/// <param name="Writer">Who writes.</param>
/// <param name="MegabytesPerSecond">Millions of bytes per second.</param>
/// <param name="Disk">The disk that the guest sees.</param>
public sealed partial record DiskLimit(
    int MemoryMiB, DiskMedium Medium, LimitWriter Writer, double MegabytesPerSecond, DiskInterface Disk = DiskInterface.Nvme)
{
    /// <summary>Measures <see cref="LimitWriter.Linux"/> on a guest like the ones that crash.</summary>
    public static DiskLimit OfLinux(GuestOptions options, Progress progress)
    {
        int mebibytes = options.MemoryMiB;
        GuestDisk disk = options.Disks[0] with { Prepared = false };
        string device = Stock.StockKdump.Device(disk.Interface);
        using Guest guest = Guest.Boot(
            options with
            {
                Name = $"limit-{options.MemoryMiB}-{disk.Medium}",
                Disks = [disk],
                Capture = null,
                BeforeCrash = string.Create(CultureInfo.InvariantCulture, $"""
                    while [ ! -b {device} ]; do sleep 0.1; done
                    echo "{GuestJob.Mark}write started"
                    dd if=/dev/zero of={device} bs=1M count={mebibytes} oflag=direct 2>&1
                    echo "{GuestJob.Mark}write ended, exit code $?"
                    """),
                BootLimit = TimeSpan.FromMinutes(10),
            },
            progress);
        double start = guest.Console.WaitFor(Started(), TimeSpan.Zero).Seconds;
        double end = guest.Console.WaitFor(Ended(), TimeSpan.Zero).Seconds;
        return new(
            options.MemoryMiB, disk.Medium, LimitWriter.Linux, mebibytes * 1.048576 / (end - start), disk.Interface);
    }

    /// <summary>Measures <see cref="LimitWriter.Host"/> on an image that is there already.</summary>
    public static DiskLimit OfHost(int memoryMiB, string imagePath)
    {
        byte[] block = new byte[1 << 20];
        using FileStream image = new(imagePath, FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0);
        Stopwatch watch = Stopwatch.StartNew();
        for (int i = 0; i < memoryMiB; i++)
        {
            image.Write(block);
        }
        return new(memoryMiB, DiskMedium.Written, LimitWriter.Host, memoryMiB * 1.048576 / watch.Elapsed.TotalSeconds);
    }

    [GeneratedRegex("^LAB: write started")]
    private static partial Regex Started();

    [GeneratedRegex("^LAB: write ended, exit code 0")]
    private static partial Regex Ended();
}
