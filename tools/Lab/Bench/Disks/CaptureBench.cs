using System;
using System.Globalization;
using System.IO;
using System.Text.RegularExpressions;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Lab.Stock;

namespace CosmosKdump.Lab.Bench.Disks;

/// <summary>Crashes and captures a guest once, by either side, and measures it the same way.</summary>
public sealed partial class CaptureBench
{
    /// <summary>makedumpfile's options of <see cref="Side.StockFiltered"/>.</summary>
    public const string FilterOptions = "-l -d 31";

    private const KernelSeries Series = KernelSeries.Linux61;
    private const int PageBytes = 4096;
    private const double BusyShare = 0.8;
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
            Series, DiskInterface.Nvme, FilterOptions, Path.Combine(Repository.Runs, "stock-filtered"), progress);
    }

    /// <summary>Length of stock kdump's kernel and initramfs, bytes.</summary>
    public long StockImageBytes => new FileInfo(_copy.Image).Length + new FileInfo(_copy.Initrd!).Length;

    /// <summary>
    /// The guest: one CPU and one disk; the same for both sides but for the reservation. With a SATA disk its Linux is
    /// the one that has a driver for it.
    /// </summary>
    public GuestOptions Options(Side side, int memoryMiB, GuestDisk disk, GuestLoad load = GuestLoad.Idle) => new()
    {
        Name = $"bench-{side}-{memoryMiB}-{disk.Interface}-{disk.Medium}-{load}",
        Kernel = disk.Interface == DiskInterface.Ahci ? KernelSeries.Linux61Full : Series,
        MemoryMiB = memoryMiB,
        Preallocated = true,
        Disks = [disk],
        CrashKernel = side == Side.Ours ? "4M" : StockKdump.CrashKernel,
        Capture = side switch
        {
            Side.Ours => CaptureKernel.Ours(),
            Side.StockCopy => _copy,
            _ => _filtered,
        },
        BeforeCrash = GuestWork.Script(load),
        BootLimit = TimeSpan.FromMinutes(load == GuestLoad.Busy ? 5 : 2),
    };

    /// <summary>Measures one capture.</summary>
    public BenchCapture Measure(BenchCase what, BenchDisk disk)
    {
        bool prepared = what.Side == Side.Ours;
        GuestDisk medium = what.Medium == DiskMedium.Written
            ? disk.Next(prepared)
            : new GuestDisk { Medium = what.Medium, Prepared = prepared };
        medium = medium with { Interface = what.Disk, BytesPerSecond = what.LimitMBps * 1_000_000L };
        GuestOptions options = Options(what.Side, what.MemoryMiB, medium, what.Load);
        using Guest guest = Guest.Capture(options, CaptureLimit, _progress);
        if (guest.Console.Find(Success()) == null)
        {
            throw guest.Console.Missing("the capture did not succeed");
        }
        GuestWork work = GuestWork.Of(guest.Console)
            ?? throw guest.Console.Missing("the guest did not tell of its work");
        if (what.Load == GuestLoad.Busy && work.MemoryMiB < work.TotalMiB * BusyShare)
        {
            throw guest.Console.Missing($"only {work.MemoryMiB} of the busy guest's {work.TotalMiB} MiB were in use");
        }
        (long dump, long written) = Lengths(guest);
        return new BenchCapture(what, Sample.Of(guest.Times, dump, written), work, guest.Folder);
    }

    /// <summary>Tells whether a capture succeeds with a reservation.</summary>
    /// <exception cref="GuestBootException">The guest died before the reservation was put to use.</exception>
    public bool Fits(Side side, int reservationMiB, GuestLoad load, TimeSpan limit)
    {
        GuestDisk disk = new() { Medium = DiskMedium.NullWithLabel, Prepared = side == Side.Ours };
        GuestOptions options = Options(side, 1024, disk, load) with
        {
            Name = $"fits-{side}-{reservationMiB}-{load}",
            CrashKernel = string.Create(CultureInfo.InvariantCulture, $"{reservationMiB}M"),
        };
        try
        {
            using Guest guest = Guest.Capture(options, limit, _progress);
            return guest.Console.Find(Success()) != null;
        }
        catch (LabException error) when (error is not GuestBootException)
        {
            // kexec refused, or the capture kernel ran out of memory: either way it does not fit.
            return false;
        }
    }

    [GeneratedRegex("^ckdump: dump complete|^LAB: capture done, exit code 0")]
    private static partial Regex Success();

    [GeneratedRegex("([0-9]+) (?:pages|blocks of 4 KiB) written")]
    private static partial Regex PagesWritten();

    [GeneratedRegex("^LAB: capture started, vmcore of ([0-9]+) bytes")]
    private static partial Regex VmcoreBytes();

    [GeneratedRegex("^LAB: capture done, .* written ([0-9]+) bytes")]
    private static partial Regex WrittenBytes();

    // Of the dump, and of what was written: makedumpfile writes less than it describes.
    private static (long Dump, long Written) Lengths(Guest guest)
    {
        Match pages = PagesWritten().Match(guest.Console.Text);
        if (pages.Success)
        {
            long length = Number(pages) * PageBytes;
            return (length, length);
        }
        ConsoleLine dump = guest.Console.WaitFor(VmcoreBytes(), TimeSpan.Zero);
        ConsoleLine written = guest.Console.WaitFor(WrittenBytes(), TimeSpan.Zero);
        return (Number(VmcoreBytes().Match(dump.Text)), Number(WrittenBytes().Match(written.Text)));
    }

    private static long Number(Match match) => long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
}
