using System;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Ahci;

/// <summary>Command headers and tables (AHCI 1.3.1, 4.2.2 and 4.2.3).</summary>
internal static class AhciCommand
{
    /// <summary>Longest stretch of one descriptor, bytes: its count has 22 bits (4.2.3.3).</summary>
    public const uint MaxRegionBytes = 4 << 20;

    // Length of the FIS in dwords; the direction; the number of descriptors.
    private const uint FisDwords = AtaTaskFile.FisBytes / 4;
    private const uint HeaderWrite = 1u << 6;
    private const int HeaderRegionsShift = 16;

    private const ulong FourGiB = 1UL << 32;

    /// <summary>
    /// Writes a table, and the header of the slot for it. The data, if any, are contiguous, and their length is even. No
    /// descriptor crosses 4 GiB, where HBAs have been seen not to carry (Linux: AHCI_DMA_BOUNDARY).
    /// </summary>
    public static void Describe(
        in DmaRegion region, int slot, int table, in AtaTaskFile file, bool isWrite, ulong address, uint lengthBytes)
    {
        int at = TableAt(table);
        for (int i = 0; i < FisDwords; i++)
        {
            region.Write32(at + (i * 4), file.FisDword(i));
        }
        int descriptor = at + AhciLayout.RegionTable;
        uint count = 0;
        while (lengthBytes != 0)
        {
            ulong toBoundary = FourGiB - (address & (FourGiB - 1));
            uint length = (uint)Math.Min(Math.Min(lengthBytes, MaxRegionBytes), toBoundary);
            region.Write64(descriptor, address);
            region.Write64(descriptor + 8, (ulong)(length - 1) << 32);
            descriptor += AhciLayout.RegionDescriptorBytes;
            address += length;
            lengthBytes -= length;
            count++;
        }
        Point(region, slot, table, FisDwords | (isWrite ? HeaderWrite : 0) | (count << HeaderRegionsShift));
    }

    /// <summary>The first dword of a slot's header.</summary>
    public static uint Header(in DmaRegion region, int slot) => region.Read32(HeaderAt(slot));

    /// <summary>Writes a slot's header.</summary>
    public static void Point(in DmaRegion region, int slot, int table, uint header)
    {
        region.Write64(HeaderAt(slot), header);
        region.Write64(HeaderAt(slot) + 8, region.Address + (uint)TableAt(table));
    }

    private static int HeaderAt(int slot) => AhciLayout.CommandList + (slot * AhciLayout.HeaderBytes);

    private static int TableAt(int table) => AhciLayout.Tables + (table * AhciLayout.TableBytes);
}
