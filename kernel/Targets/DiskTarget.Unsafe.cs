using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Capture.Input;
using CosmosKdump.Kernel.Drivers;
using CosmosKdump.Kernel.Drivers.Block;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Targets;

/// <summary>
/// The target <c>disk[:UUID]</c> for the controllers of one driver: looks on each disk, and on each of its partitions,
/// for a dump area that may be written, and captures into the first; a file that an extent map describes comes before
/// them. Whatever is no dump area is told and left alone.
/// </summary>
internal static class DiskTarget<TDriver>
    where TDriver : struct, IDiskDriver
{
    private static TargetSpec _spec;
    private static DiskSearch _search;
    private static PciDevice _device;
    private static int _unit;
    private static bool _isSurvey;

    private static ref AreaSink<TDriver, KernelClock, LogConsole> Sink =>
        ref SinkOf<AreaSink<TDriver, KernelClock, LogConsole>>.Sink;

    private static ref TDriver Driver => ref Sink.Writer.Disk.Device;

    /// <summary>
    /// Tries every controller of the driver, each in a step of its own, so that a fault with one leaves the others;
    /// <paramref name="search"/> collects what was found over all drivers.
    /// </summary>
    internal static void Try(in TargetSpec spec, ref DiskSearch search)
    {
        _spec = spec;
        _search = search;
        _isSurvey = false;
        TryControllers();
        search = _search;
    }

    /// <summary>Tells of every disk of the driver, its partitions and the dump areas there. Writes nothing.</summary>
    internal static void Survey()
    {
        _search = DiskSearch.New;
        _isSurvey = true;
        TryControllers();
    }

    /// <summary>Whether the driver handles this function.</summary>
    internal static bool Supports(in PciDevice device) => Driver.Supports(in device);

    private static unsafe void TryControllers()
    {
        PciDeviceWalk walk = PciDeviceWalk.Everything();
        while (walk.MoveNext() && !_search.IsDone)
        {
            _device = walk.Current;
            if (!Driver.Supports(_device))
            {
                continue;
            }
            // A plain function of this class, which keeps what it works on in the fields above.
            Status status = Step.Run(&TryController, 0);
            if (status == Status.StepFaulted)
            {
                Quiesce.AfterFault();
                _search.Note(status);
            }
        }
    }

    private static Status TryController(ulong unused)
    {
        PhysicalMap.Reset();
        CaptureProgress.Made();
        Sink = new AreaSink<TDriver, KernelClock, LogConsole>(
            default, default, default, StaticMemory.Label.AsBuffer());
        Status status = Driver.Start(_device, StaticMemory.Device);
        if (status == Status.Ok)
        {
            TryUnits();
            Driver.Stop();
        }
        else
        {
            _search.Note(status);
        }
        return Status.Ok;
    }

    private static void TryUnits()
    {
        int count = Driver.UnitCount;
        int resets = 0;
        for (_unit = 0; _unit < count && !_search.IsDone; _unit++)
        {
            Status status = SelectUnit(ref resets);
            if (status == Status.Ok && _isSurvey)
            {
                SurveyUnit();
                continue;
            }
            if (status == Status.Ok)
            {
                TryUnit();
                continue;
            }
            Tell("cannot be used"u8, status, default);
            _search.Note(status);
        }
    }

    // A controller that broke, with the unit before or when it was asked about this one, is reset.
    private static Status SelectUnit(ref int resets)
    {
        Status status = Driver.SelectUnit(_unit);
        if (status is not (Status.DeviceTimeout or Status.DeviceFailed) || resets == Limits.ResetsInRow)
        {
            return status;
        }
        resets++;
        Status reset = Driver.Recover();
        return reset == Status.Ok ? Driver.SelectUnit(_unit) : status;
    }

    /// <summary>The file of the extent map first, then the whole disk, then its partitions.</summary>
    private static void TryUnit()
    {
        var whole = new AreaExtent(0, Driver.BlockCount);
        Span<AreaExtent> partitions = stackalloc AreaExtent[Limits.Partitions];
        TryFile(in whole, partitions);
        if (_search.IsDone)
        {
            return;
        }
        Status wholeStatus = TryArea(in whole);
        if (_search.IsDone)
        {
            return;
        }

        // Whatever the end of the disk says: it may be the end, and the label, of its last partition.
        Status status = PartitionTable.Read(
            ref Driver, StaticMemory.Label.Slice(0, Limits.PageBytes).AsBuffer(), partitions, out int count);
        if (status != Status.Ok)
        {
            Tell("partition table"u8, status, in whole);
        }
        int areas = 0;
        for (int i = 0; i < count && !_search.IsDone; i++)
        {
            status = TryArea(in partitions[i]);
            if (status != Status.NoLabel && !_search.IsDone)
            {
                areas++;
                Tell("partition"u8, status, in partitions[i]);
                _search.Note(status);
            }
        }
        if (areas == 0 && !_search.IsDone)
        {
            Tell("disk"u8, wholeStatus, in whole);
            _search.Note(wholeStatus);
        }
    }

    private static void TryFile(in AreaExtent whole, Span<AreaExtent> partitions)
    {
        ref readonly ExtentMap map = ref AreaMap.Map;
        if (map.Count == 0 || (!_spec.Uuid.IsNil && !AreaUuid.Same(_spec.Uuid, map.Uuid)))
        {
            return;
        }
        Status status = Sink.OpenFile(in map, _spec.Uuid, partitions);
        if (status == Status.Ok)
        {
            Capture("target file"u8, map.Extent(0).DiskBytes / Driver.BlockBytes);
            return;
        }
        _search.Note(status);
        if (status != Status.MapOtherDisk)
        {
            Tell("file"u8, status, in whole);
        }
    }

    private static void SurveyUnit()
    {
        DiskLines.Unit(in _device, _unit, Driver.BlockCount, Driver.BlockBytes, Driver.IsReadOnly);
        var whole = new AreaExtent(0, Driver.BlockCount);
        SurveyArea(DiskLines.WholeDisk, in whole);
        Span<AreaExtent> partitions = stackalloc AreaExtent[Limits.Partitions];
        Status status = PartitionTable.Read(
            ref Driver, StaticMemory.Label.Slice(0, Limits.PageBytes).AsBuffer(), partitions, out int count);
        if (status != Status.Ok)
        {
            DiskLines.Trouble(_unit, status);
        }
        for (int i = 0; i < count; i++)
        {
            SurveyArea(i, in partitions[i]);
        }
    }

    // Opening an area reads its label and its start, and writes nothing.
    private static void SurveyArea(int partition, in AreaExtent extent)
    {
        Status status = Sink.Open(in extent, default, overwrite: true);
        AreaLabel label = Sink.Label;
        DiskLines.Area(partition, in extent, Driver.BlockBytes, status, in label);
    }

    /// <summary>Opens an area and captures into it; without a valid label nothing is written.</summary>
    private static Status TryArea(in AreaExtent extent)
    {
        Status status = Sink.Open(in extent, _spec.Uuid, CaptureRun.Overwrite);
        if (status != Status.Ok)
        {
            return status;
        }
        return Capture("target disk"u8, extent.FirstBlock);
    }

    private static Status Capture(ReadOnlySpan<byte> what, ulong firstBlock)
    {
        TellArea(what, firstBlock);
        Status status = CaptureRun.Into(SinkOf<AreaSink<TDriver, KernelClock, LogConsole>>.Face);
        _search.Note(status);
        return status;
    }

    private static void TellArea(ReadOnlySpan<byte> what, ulong firstBlock)
    {
        Span<byte> buffer = stackalloc byte[DeviceLog.LineBytes];
        var line = new TextLine(buffer);
        DeviceLog.Begin(ref line, what, _device);
        line.Add("area "u8);
        Span<byte> uuid = stackalloc byte[AreaUuid.TextBytes];
        Sink.Label.Uuid.WriteText(uuid);
        line.Add(uuid);
        line.Add(", "u8);
        line.AddSize(Sink.Label.CapacityBytes);
        line.Add(" from block "u8);
        line.AddDecimal(firstBlock);
        DeviceLog.End(ref line);
    }

    private static void Tell(ReadOnlySpan<byte> what, Status status, in AreaExtent extent)
    {
        Span<byte> buffer = stackalloc byte[DeviceLog.LineBytes];
        var line = new TextLine(buffer);
        DeviceLog.Begin(ref line, what, _device);
        line.Add("unit "u8);
        line.AddDecimal((ulong)_unit);
        line.Add(", "u8);
        line.AddSize(extent.BlockCount * Driver.BlockBytes);
        line.Add(": "u8);
        line.AddStatus(status);
        DeviceLog.End(ref line);
    }
}
