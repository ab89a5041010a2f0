using System;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kdump;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>The pages of memory that a dump does not hold, as <see cref="FilterBuffers.LeftOut"/> has them.</summary>
public static class LeftOutPages
{
    // Linux: MAX_PHYSMEM_BITS with page tables of four levels. A table for more would not fit into most machines.
    private const ulong MostBytes = 1UL << 46;

    /// <summary>
    /// A bit for each page; empty if the dump holds all pages. A <see cref="ToolException"/> if its memory cannot be
    /// true.
    /// </summary>
    public static ulong[] Of(VmcoreFile vmcore, string path) => vmcore switch
    {
        KdumpVmcore kdump => Of(kdump, path),
        ElfVmcore elf => Of(elf, path),
        _ => [],
    };

    private static ulong[] Of(KdumpVmcore dump, string path)
    {
        ulong[] bits = Memory(dump, path);
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

    private static ulong[] Of(ElfVmcore dump, string path)
    {
        if (dump.Segments.All(segment => segment.FileBytes >= segment.MemoryBytes)
            && dump.NeededBytes <= dump.LengthBytes)
        {
            return [];
        }
        for (int i = 0; i < dump.Elf.Headers.Count; i++)
        {
            ProgramHeader header = dump.Elf.Headers[i];
            if (header.Type == ProgramHeader.TypeLoad
                && (header.MemoryBytes > MostBytes || header.PhysicalAddress > MostBytes - header.MemoryBytes))
            {
                ulong at = dump.Elf.Header.ProgramHeaderOffset + ((ulong)i * (ulong)ProgramHeader.BytesOf(dump.Elf.Is64));
                throw new ToolException(path, (long)at,
                    $"segment of {header.MemoryBytes} bytes at 0x{header.PhysicalAddress:x}: no machine has such memory");
            }
        }
        ulong[] bits = Memory(dump, path);
        for (ulong pfn = 0; pfn < (ulong)bits.Length * 64; pfn++)
        {
            if ((bits[pfn / 64] >> (int)(pfn % 64) & 1) != 0 && dump.StateOf(pfn) == PageState.Kept)
            {
                bits[pfn / 64] &= ~(1UL << (int)(pfn % 64));
            }
        }
        return bits.Any(word => word != 0) ? bits : [];
    }

    private static ulong[] Memory(VmcoreFile dump, string path)
    {
        ulong end = dump.PhysicalRanges.Select(range => range.End).DefaultIfEmpty(0UL).Max();
        if (end > MostBytes)
        {
            throw new ToolException(path, 0, $"memory up to 0x{end:x}: no machine has such memory");
        }
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
