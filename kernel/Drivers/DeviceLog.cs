using System;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers;

/// <summary>Console lines of device drivers: "ckdump: nvme 00:04.0: …".</summary>
internal static class DeviceLog
{
    /// <summary>Bytes that suffice for a line.</summary>
    public const int LineBytes = 160;

    /// <summary>Begins a line with the driver's name and the device's address.</summary>
    public static void Begin(ref TextLine line, ReadOnlySpan<byte> driver, in PciDevice device)
    {
        line.Clear();
        line.Add("ckdump: "u8);
        line.Add(driver);
        line.Add(" "u8);
        device.AppendTo(ref line);
        line.Add(": "u8);
    }

    /// <summary>Writes the line.</summary>
    public static void End(ref TextLine line)
    {
        Log.Write(line.Text);
        Log.Write("\n"u8);
    }

    /// <summary>Writes a line that only says what went wrong.</summary>
    public static void WriteStatus(ReadOnlySpan<byte> driver, in PciDevice device, ReadOnlySpan<byte> step, Status status)
    {
        Span<byte> buffer = stackalloc byte[LineBytes];
        TextLine line = new(buffer);
        Begin(ref line, driver, device);
        line.Add(step);
        line.Add(": "u8);
        line.AddStatus(status);
        End(ref line);
    }
}
