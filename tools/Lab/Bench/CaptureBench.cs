using System;
using System.Globalization;
using System.IO;
using System.Text.RegularExpressions;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Lab.Stock;

namespace CosmosKdump.Lab.Bench;

/// <summary>Crashes and captures a guest once, by either side, and measures it the same way.</summary>
public sealed partial class CaptureBench
{
    private const KernelSeries Series = KernelSeries.Linux61;
    private const int PageBytes = 4096;
    private static readonly TimeSpan CaptureLimit = TimeSpan.FromMinutes(5);
    private readonly Progress _progress;
    private readonly CaptureKernel _copy;
    private readonly CaptureKernel _filtered;

    /// <summary>Makes stock kdump's initramfs.</summary>
    public CaptureBench(Progress progress)
    {
        _progress = progress;
        _copy = StockKdump.Copy(Series, DiskInterface.Nvme, Path.Combine(Repository.Runs, "stock-copy"), progress);
        _filtered = StockKdump.Makedumpfile(
            Series, DiskInterface.Nvme, "-l -d 31", Path.Combine(Repository.Runs, "stock-filtered"), progress);
    }

    /// <summary>Length of stock kdump's kernel and initramfs, bytes.</summary>
    public long StockImageBytes => new FileInfo(_copy.Image).Length + new FileInfo(_copy.Initrd!).Length;

    /// <summary>The guest: one CPU, an NVMe disk; the same for both sides but for the reservation.</summary>
    public GuestOptions Options(Side side, int memoryMiB, GuestDisk disk) => new()
    {
        Name = $"bench-{side}-{memoryMiB}-{disk.Medium}",
        Kernel = Series,
        MemoryMiB = memoryMiB,
        Disks = [disk],
        CrashKernel = side == Side.Ours ? "4M" : StockKdump.CrashKernel,
        Capture = side switch
        {
            Side.Ours => CaptureKernel.Ours(),
            Side.StockCopy => _copy,
            _ => _filtered,
        },
    };

    /// <summary>Measures one capture.</summary>
    public BenchCapture Measure(BenchCase what, BenchDisk disk)
    {
        bool prepared = what.Side == Side.Ours;
        GuestDisk medium = what.Medium == DiskMedium.Written
            ? disk.Next(prepared)
            : new GuestDisk { Medium = what.Medium, Prepared = prepared };
        using Guest guest = Guest.Capture(Options(what.Side, what.MemoryMiB, medium), CaptureLimit, _progress);
        if (guest.Console.Find(Success()) == null)
        {
            throw guest.Console.Missing("the capture did not succeed");
        }
        return new BenchCapture(what, Sample.Of(guest.Times, DumpBytes(guest)), guest.Folder);
    }

    /// <summary>Tells whether a capture succeeds with a reservation.</summary>
    public bool Fits(Side side, int reservationMiB, TimeSpan limit)
    {
        GuestDisk disk = new() { Medium = DiskMedium.NullWithLabel, Prepared = side == Side.Ours };
        GuestOptions options = Options(side, 1024, disk) with
        {
            Name = $"fits-{side}-{reservationMiB}",
            CrashKernel = string.Create(CultureInfo.InvariantCulture, $"{reservationMiB}M"),
        };
        try
        {
            using Guest guest = Guest.Capture(options, limit, _progress);
            return guest.Console.Find(Success()) != null;
        }
        catch (LabException)
        {
            // kexec refused, or the capture kernel ran out of memory: either way it does not fit.
            return false;
        }
    }

    [GeneratedRegex("^ckdump: dump complete|^LAB: capture done, exit code 0")]
    private static partial Regex Success();

    [GeneratedRegex("([0-9]+) pages written")]
    private static partial Regex PagesWritten();

    [GeneratedRegex("^LAB: capture started, vmcore of ([0-9]+) bytes")]
    private static partial Regex VmcoreBytes();

    private static long DumpBytes(Guest guest)
    {
        Match pages = PagesWritten().Match(guest.Console.Text);
        if (pages.Success)
        {
            return long.Parse(pages.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * PageBytes;
        }
        ConsoleLine line = guest.Console.WaitFor(VmcoreBytes(), TimeSpan.Zero);
        Match bytes = VmcoreBytes().Match(line.Text);
        return long.Parse(bytes.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
    }
}
