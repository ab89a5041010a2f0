using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Targets;

/// <summary>The extent map that was loaded with this kernel: where a file lies that is a dump area.</summary>
internal static class AreaMap
{
    private static ExtentMap _map;

    /// <summary>The map; one without extents if there is none.</summary>
    internal static ref readonly ExtentMap Map => ref _map;

    /// <summary>
    /// Reads the map from the initrd, which kexec put into the crash region. An initrd of another kind is no map.
    /// </summary>
    internal static Status Read(ulong address, ulong lengthBytes)
    {
        Span<byte> bytes = StaticMemory.Map.Bytes(0, (int)Math.Min(lengthBytes, StaticMemory.MapBytes));
        OldMemory memory = default;
        Status status = memory.Read(address, bytes);
        if (status == Status.Ok)
        {
            var held = new HeldBuffer(StaticMemory.Map.Slice(0, bytes.Length).AsBuffer());
            status = ExtentMap.Open(held, out _map);
        }
        Tell(status);
        return status;
    }

    private static void Tell(Status status)
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = status == Status.Ok ? ReportLine.Begin(buffer) : ReportLine.Begin(buffer, status);
        line.Add("extent map"u8);
        if (status == Status.Ok)
        {
            line.Add(" of area "u8);
            Span<byte> uuid = stackalloc byte[AreaUuid.TextBytes];
            _map.Uuid.WriteText(uuid);
            line.Add(uuid);
            line.Add(", "u8);
            line.AddSize(_map.AreaBytes);
            line.Add(" in "u8);
            line.AddDecimal((ulong)_map.Count);
            line.Add(" extents"u8);
        }
        LogConsole console = default;
        ReportLine.Write(ref console, in line);
    }
}
