using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.Json;
using System.Text.RegularExpressions;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Lab.Stock;

namespace CosmosKdump.Lab.Bench.Filtered;

/// <summary>Crashes a guest and makes a dump of level 31 of it, by either side, and measures it the same way.</summary>
public sealed partial class FilteredBench(Progress progress)
{
    private const KernelSeries Series = KernelSeries.Linux61;
    private static readonly TimeSpan BootLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan CaptureLimit = TimeSpan.FromMinutes(10);
    private readonly Dictionary<string, CaptureKernel> _stock = [];

    /// <summary>The guest; the same for both sides but for the reservation.</summary>
    public GuestOptions Options(FilteredCase one, GuestDisk disk) => new()
    {
        Name = $"bench-level31-{(one.IsOurs ? "ours" : "stock")}-{one.MemoryMiB}-{one.Cpus}",
        Kernel = Series,
        MemoryMiB = one.MemoryMiB,
        Preallocated = one.IsPreallocated,
        Cpus = one.Cpus,
        CpuModel = one.CpuModel,
        Disks = [disk],
        CrashKernel = one.CrashKernel,
        Capture = one.IsOurs ? CaptureKernel.Ours(one.CaptureArguments) : Stock(one.StockOptions),
        BootLimit = BootLimit,
    };

    /// <summary>Measures one capture.</summary>
    public FilteredCapture Measure(FilteredCase one, BenchDisk disk)
    {
        using Guest guest = Guest.Capture(Options(one, disk.Next(prepared: one.IsOurs)), CaptureLimit, progress);
        if (guest.Console.Find(Success()) == null)
        {
            throw guest.Console.Missing("the capture did not succeed");
        }
        int cpus = FilteredConsole.Cpus(guest.Console.Text);
        if (one.IsOurs && cpus != one.Cpus)
        {
            throw guest.Console.Missing($"{cpus} of {one.Cpus} CPUs compressed");
        }
        double filter = FilteredConsole.FilterSeconds(guest, one);
        long length = one.IsOurs ? AreaLength(disk.Path) : StockLength(guest);
        return new(one, Sample.Of(guest.Times, length, length), filter, guest.Folder);
    }

    [GeneratedRegex("^ckdump: dump complete|^LAB: capture done, exit code 0")]
    private static partial Regex Success();

    [GeneratedRegex("^LAB: capture done, .* written ([0-9]+) bytes")]
    private static partial Regex WrittenBytes();

    // The label tells the dump's length.
    private static long AreaLength(string path)
    {
        using JsonDocument info = JsonDocument.Parse(CkdumpTool.Output("info", "--json", path));
        return info.RootElement.GetProperty("area").GetProperty("lengthBytes").GetInt64();
    }

    private static long StockLength(Guest guest)
    {
        ConsoleLine line = guest.Console.WaitFor(WrittenBytes(), TimeSpan.Zero);
        return long.Parse(WrittenBytes().Match(line.Text).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
    }

    private CaptureKernel Stock(string options)
    {
        if (!_stock.TryGetValue(options, out CaptureKernel? kernel))
        {
            string folder = Path.Combine(Repository.Runs, $"stock-level31-{_stock.Count}");
            kernel = StockKdump.Makedumpfile(Series, DiskInterface.Nvme, options, folder, progress);
            _stock.Add(options, kernel);
        }
        return kernel;
    }
}
