using System;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Targets;

namespace CosmosKdump.Kernel.Shell;

/// <summary><c>pci</c>: every function that answers, by lspci's order of numbers, and which of our drivers knows it.</summary>
internal static class PciCommand
{
    internal static void Run()
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        var line = new TextLine(buffer);
        PciDeviceWalk walk = PciDeviceWalk.All();
        while (!Pager.IsStopped && walk.MoveNext())
        {
            PciDevice device = walk.Current;
            device.AppendTo(ref line);
            line.Add(" "u8);
            line.AddHex(device.VendorId, 4);
            line.Add(":"u8);
            line.AddHex(device.DeviceId, 4);
            line.Add(" class "u8);
            line.AddHex(device.ClassCode, 6);
            ReadOnlySpan<byte> driver = TargetRunner.DriverOf(in device);
            if (driver.Length > 0)
            {
                line.Add(" "u8);
                line.Add(driver);
            }
            Pager.Write(ref line);
        }
    }
}
