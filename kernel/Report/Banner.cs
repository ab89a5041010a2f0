using System;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Boot;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Report;

/// <summary>The first lines of the report: who we are, where we lie, what we run on.</summary>
internal static class Banner
{
    internal static void Write(in BootInfo boot)
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer);
        line.Add("CosmosKdump "u8);
        line.Add(BuildInfo.Version);
        line.Add(" started at "u8);
        line.AddHex(Image.Start());
        line.Add(", "u8);
        line.AddSize(Image.End() - Image.Start());
        line.Add(boot.Kind switch
        {
            BootInfo.KindLinux => ", Linux boot protocol, "u8,
            BootInfo.KindPvh => ", PVH, "u8,
            _ => ", multiboot2, "u8,
        });
        line.AddDecimal((ulong)PageTables.Levels);
        line.Add("-level paging, TSC "u8);
        line.AddDecimal(Clock.TicksPerMicrosecond);
        line.Add(" MHz by "u8);
        line.Add(Clock.Source switch
        {
            ClockSource.CpuId => "CPUID"u8,
            ClockSource.Hypervisor => "hypervisor"u8,
            ClockSource.Timer8254 => "8254"u8,
            _ => "assumption"u8,
        });
        Emit(in line);
        if (!StaticMemory.IsReserved)
        {
            line = ReportLine.Begin(buffer);
            line.Add("static memory and the linker's reservation differ: this image is broken"u8);
            Emit(in line);
        }
    }

    internal static void WriteDevices(Status status, int stopped)
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = status == Status.Ok ? ReportLine.Begin(buffer) : ReportLine.Begin(buffer, status);
        line.Add("bus mastering switched off in "u8);
        line.AddDecimal((ulong)stopped);
        line.Add(" devices"u8);
        Emit(in line);
    }

    private static void Emit(scoped in TextLine line)
    {
        LogConsole console = default;
        ReportLine.Write(ref console, in line);
    }
}
