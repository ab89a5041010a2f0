using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Kernel.Drivers.Block;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Targets;

/// <summary>What a survey of the disks tells: a line for each disk, and one below it for each place of a dump area.</summary>
internal static class DiskLines
{
    /// <summary>What stands for the whole disk among its partitions.</summary>
    internal const int WholeDisk = -1;

    internal static void Unit(in PciDevice device, int unit, ulong blocks, uint blockBytes, bool isReadOnly)
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        var line = new TextLine(buffer);
        line.Add(TargetRunner.DriverOf(in device));
        line.Add(" "u8);
        device.AppendTo(ref line);
        line.Add(" unit "u8);
        line.AddDecimal((ulong)unit);
        line.Add(": "u8);
        line.AddSize(blocks * blockBytes);
        line.Add(" in blocks of "u8);
        line.AddDecimal(blockBytes);
        line.Add(isReadOnly ? " bytes, read-only"u8 : " bytes"u8);
        Emit(in line);
    }

    internal static void Area(int partition, in AreaExtent extent, uint blockBytes, Status status, in AreaLabel label)
    {
        // Disks with partitions are no areas themselves, and need no line that says so.
        if (partition == WholeDisk && status == Status.NoLabel)
        {
            return;
        }
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        var line = new TextLine(buffer);
        line.Add(partition == WholeDisk ? "  whole disk"u8 : "  partition "u8);
        if (partition != WholeDisk)
        {
            line.AddDecimal((ulong)partition + 1);
            line.Add(", "u8);
            line.AddSize(extent.BlockCount * blockBytes);
        }
        line.Add(": "u8);
        bool hasLabel = !label.Uuid.IsNil;
        if (hasLabel)
        {
            Span<byte> uuid = stackalloc byte[AreaUuid.TextBytes];
            label.Uuid.WriteText(uuid);
            line.Add("dump area "u8);
            line.Add(uuid);
            line.Add(", "u8);
            line.Add(TextOf(label.State));
        }
        if (label.HoldsUnsavedDump)
        {
            line.Add(", "u8);
            line.AddSize(label.DumpLengthBytes);
        }
        if (status != Status.Ok)
        {
            line.Add(hasLabel ? ", "u8 : default);
            line.AddStatus(status);
        }
        Emit(in line);
    }

    internal static void Trouble(int unit, Status status)
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        var line = new TextLine(buffer);
        line.Add("  unit "u8);
        line.AddDecimal((ulong)unit);
        line.Add(": "u8);
        line.AddStatus(status);
        Emit(in line);
    }

    private static ReadOnlySpan<byte> TextOf(AreaState state) => state switch
    {
        AreaState.Prepared => "prepared"u8,
        AreaState.Writing => "writing, a dump that did not end"u8,
        AreaState.Complete => "complete, not saved yet"u8,
        AreaState.Incomplete => "incomplete, not saved yet"u8,
        _ => "of an unknown state"u8,
    };

    private static void Emit(scoped in TextLine line)
    {
        LogConsole console = default;
        ReportLine.Write(ref console, in line);
    }
}
