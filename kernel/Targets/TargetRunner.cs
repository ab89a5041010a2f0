using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Net;
using CosmosKdump.Kernel.Drivers.Ahci;
using CosmosKdump.Kernel.Drivers.Block;
using CosmosKdump.Kernel.Drivers.Nvme;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Drivers.Virtio;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Targets;

/// <summary>Runs the capture into one target of <c>kdump.target=</c>.</summary>
internal static class TargetRunner
{
    internal static Status Try(in TargetSpec spec)
    {
        Status status = spec.Kind switch
        {
            TargetKind.Serial => SerialTarget.Try(in spec),
            TargetKind.Tcp or TargetKind.Http => NetworkTarget.Try(in spec),
            _ => TryDisks(in spec),
        };
        if (!DumpOutcome.IsDump(status))
        {
            Tell(in spec, status);
        }
        return status;
    }

    /// <summary>Tells of the disks of every driver.</summary>
    internal static void SurveyDisks()
    {
        DiskTarget<Disk<NvmeUnit>>.Survey();
        DiskTarget<Disk<VirtioBlockUnit>>.Survey();
        DiskTarget<Disk<AhciUnit>>.Survey();
        DiskTarget<Disk<VirtioScsiUnit>>.Survey();
    }

    /// <summary>The driver that handles a function; empty if none does.</summary>
    internal static ReadOnlySpan<byte> DriverOf(in PciDevice device) =>
        DiskTarget<Disk<NvmeUnit>>.Supports(in device) ? "nvme"u8
        : DiskTarget<Disk<VirtioBlockUnit>>.Supports(in device) ? "virtio-blk"u8
        : DiskTarget<Disk<AhciUnit>>.Supports(in device) ? "ahci"u8
        : DiskTarget<Disk<VirtioScsiUnit>>.Supports(in device) ? "virtio-scsi"u8
        : LinkOf<VirtioNetUnit>.Driver.Supports(in device) ? "virtio-net"u8
        : default;

    /// <summary>Every disk driver in turn.</summary>
    private static Status TryDisks(in TargetSpec spec)
    {
        DiskSearch search = DiskSearch.New;
        DiskTarget<Disk<NvmeUnit>>.Try(in spec, ref search);
        if (!search.IsDone)
        {
            DiskTarget<Disk<VirtioBlockUnit>>.Try(in spec, ref search);
        }
        if (!search.IsDone)
        {
            DiskTarget<Disk<AhciUnit>>.Try(in spec, ref search);
        }
        if (!search.IsDone)
        {
            DiskTarget<Disk<VirtioScsiUnit>>.Try(in spec, ref search);
        }
        return search.Result;
    }

    /// <summary>Appends a target as <c>kdump.target=</c> names it.</summary>
    internal static void AddName(ref TextLine line, in TargetSpec spec)
    {
        line.Add(spec.Kind switch
        {
            TargetKind.Serial => "serial:ttyS"u8,
            TargetKind.Tcp => "tcp:"u8,
            TargetKind.Http => HttpTarget.Scheme,
            _ => "disk"u8,
        });
        if (spec.Kind == TargetKind.Serial)
        {
            line.AddDecimal(spec.Port);
        }
        else if (spec.Kind != TargetKind.Disk)
        {
            spec.Server.AppendTo(ref line);
        }
        else if (!spec.Uuid.IsNil)
        {
            Span<byte> uuid = stackalloc byte[AreaUuid.TextBytes];
            spec.Uuid.WriteText(uuid);
            line.Add(":"u8);
            line.Add(uuid);
        }
    }

    private static void Tell(in TargetSpec spec, Status status)
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer, status);
        line.Add("target "u8);
        AddName(ref line, in spec);
        LogConsole console = default;
        ReportLine.Write(ref console, in line);
    }
}
