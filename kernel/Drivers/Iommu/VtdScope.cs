using System;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Pci;

namespace CosmosKdump.Kernel.Drivers.Iommu;

/// <summary>The device scope of a VT-d unit (VT-d 4.1, 8.3.1).</summary>
internal static class VtdScope
{
    private const int HeadBytes = 6;
    private const int PathBytes = 2;
    private const byte IncludeAll = 1;
    private const byte Endpoint = 1;
    private const uint ClassDisplay = 0x030000;
    private const uint ClassMaskBase = 0xFF0000;

    /// <summary>
    /// Whether a unit serves nothing but graphics. Such a unit may never finish to switch translation off when its
    /// device sleeps (Linux commit b1012ca8dc4f), and nothing that a dump goes to is behind it.
    /// </summary>
    public static bool IsGraphicsOnly(in RemappingStructures unit, byte flags)
    {
        if ((flags & IncludeAll) != 0)
        {
            return false;
        }
        Span<byte> entry = stackalloc byte[HeadBytes + PathBytes];
        bool hasGraphics = false;
        for (uint at = VtdRegister.HardwareUnitBytes; at < unit.Length; at += entry[1])
        {
            // Display devices behind bridges have longer paths, and are not told from others.
            bool isEndpoint = unit.Read(at, entry) == Status.Ok && entry[0] == Endpoint && entry[1] == entry.Length;
            if (!isEndpoint || !IsDisplay(entry[5], entry[6], entry[7]))
            {
                return false;
            }
            hasGraphics = true;
        }
        return hasGraphics;
    }

    private static bool IsDisplay(byte bus, byte device, byte function)
    {
        var address = new PciAddress((ushort)((bus << 8) | ((device & 0x1F) << 3) | (function & 7)));
        return PciDevice.Probe(address, out PciDevice found) == Status.Ok && found.IsClass(ClassDisplay, ClassMaskBase);
    }
}
