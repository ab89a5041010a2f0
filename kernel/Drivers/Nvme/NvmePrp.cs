using System;
using System.Runtime.InteropServices;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Nvme;

/// <summary>Physical region pages of a transfer (NVMe base 2.0c, 4.1.1).</summary>
internal static class NvmePrp
{
    /// <summary>
    /// Describes <paramref name="lengthBytes"/> contiguous bytes at a page-aligned address; the list, if one is needed,
    /// goes into the slot's place in the region.
    /// </summary>
    public static void Describe(
        ref NvmeCommand command,
        in DmaRegion region,
        int slot,
        ulong address,
        uint lengthBytes)
    {
        int pages = (int)((lengthBytes + Limits.PageBytes - 1) / Limits.PageBytes);
        command.Prp1 = address;
        if (pages <= 2)
        {
            command.Prp2 = pages == 2 ? address + Limits.PageBytes : 0;
            return;
        }
        int offset = NvmeLayout.PrpLists + (slot * NvmeLayout.PrpListBytes);
        Span<ulong> list = MemoryMarshal.Cast<byte, ulong>(region.Bytes(offset, (pages - 1) * 8));
        ulong page = address;
        for (int i = 0; i < list.Length; i++)
        {
            page += Limits.PageBytes;
            list[i] = page;
        }
        command.Prp2 = region.Address + (uint)offset;
    }
}
