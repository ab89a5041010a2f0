using System;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kdump;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Filter;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>The pages of memory that a dump does not hold, as <see cref="FilterBuffers.LeftOut"/> has them.</summary>
public static class LeftOutPages
{
    /// <summary>A bit for each page; empty if the dump holds all pages.</summary>
    public static ulong[] Of(VmcoreFile vmcore) => vmcore switch
    {
        KdumpVmcore kdump => Of(kdump),
        ElfVmcore elf => Of(elf),
        _ => [],
    };

    private static ulong[] Of(KdumpVmcore dump)
    {
        ulong[] bits = Memory(dump);
        foreach (KeptPage page in dump.Pages())
        {
            PageDescriptor descriptor = page.Descriptor;
            bool isThere = !descriptor.IsMissing && descriptor.OffsetBytes <= dump.LengthBytes
                && descriptor.LengthBytes <= dump.LengthBytes - descriptor.OffsetBytes;
            if (isThere && page.Pfn / 64 < (ulong)bits.Length)
            {
                bits[page.Pfn / 64] &= ~(1UL << (int)(page.Pfn % 64));
            }
        }
        return bits.Any(word => word != 0) ? bits : [];
    }

    private static ulong[] Of(ElfVmcore dump)
    {
        if (dump.Segments.All(segment => segment.FileBytes >= segment.MemoryBytes)
            && dump.NeededBytes <= dump.LengthBytes)
        {
            return [];
        }
        ulong[] bits = Memory(dump);
        for (ulong pfn = 0; pfn < (ulong)bits.Length * 64; pfn++)
        {
            if ((bits[pfn / 64] >> (int)(pfn % 64) & 1) != 0 && dump.StateOf(pfn) == PageState.Kept)
            {
                bits[pfn / 64] &= ~(1UL << (int)(pfn % 64));
            }
        }
        return bits.Any(word => word != 0) ? bits : [];
    }

    private static ulong[] Memory(VmcoreFile dump)
    {
        ulong end = dump.PhysicalRanges.Select(range => range.End).DefaultIfEmpty(0UL).Max();
        ulong[] bits = new ulong[(end / Limits.PageBytes / 64) + 1];
        foreach (AddressRange range in dump.PhysicalRanges)
        {
            ulong last = (range.End - 1) / Limits.PageBytes;
            for (ulong pfn = range.Start / Limits.PageBytes; pfn <= last; pfn++)
            {
                bits[pfn / 64] |= 1UL << (int)(pfn % 64);
            }
        }
        return bits;
    }
}
