using System;
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

    // A bit for each page of 16 TiB. A machine with more memory has dumps that are larger than this.
    private const ulong LargestTableBytes = 512UL << 20;

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
        return bits.AsSpan().ContainsAnyExcept(0UL) ? bits : [];
    }

    private static ulong[] Of(ElfVmcore dump, string path)
    {
        bool isWhole = dump.NeededBytes <= dump.LengthBytes;
        for (int i = 0; i < dump.Elf.Headers.Count; i++)
        {
            ProgramHeader header = dump.Elf.Headers[i];
            if (header.Type != ProgramHeader.TypeLoad)
            {
                continue;
            }
            isWhole &= header.FileBytes >= header.MemoryBytes;
            if (header.MemoryBytes > MostBytes || header.PhysicalAddress > MostBytes - header.MemoryBytes)
            {
                ulong at = dump.Elf.Header.ProgramHeaderOffset + ((ulong)i * (ulong)ProgramHeader.BytesOf(dump.Elf.Is64));
                throw new ToolException(path, (long)at,
                    $"segment of {header.MemoryBytes} bytes at 0x{header.PhysicalAddress:x}: no machine has such memory");
            }
        }
        if (isWhole)
        {
            RequireTables(dump, path);
            return [];
        }
        ulong[] bits = Memory(dump, path);
        bool isAny = false;
        foreach (AddressRange range in dump.PhysicalRanges)
        {
            ulong last = (range.End - 1) / Limits.PageBytes;
            for (ulong pfn = range.Start / Limits.PageBytes; pfn <= last; pfn++)
            {
                bool isKept = dump.StateOf(pfn) == PageState.Kept;
                isAny |= !isKept;
                bits[pfn / 64] &= isKept ? ~(1UL << (int)(pfn % 64)) : ulong.MaxValue;
            }
        }
        return isAny ? bits : [];
    }

    private static ulong[] Memory(VmcoreFile dump, string path)
    {
        ulong end = RequireTables(dump, path);
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

    // Where memory ends. A table of it, and the bitmaps of the new dump, have a bit for each page up to there.
    private static ulong RequireTables(VmcoreFile dump, string path)
    {
        ulong end = 0;
        foreach (AddressRange range in dump.PhysicalRanges)
        {
            end = Math.Max(end, range.End);
        }
        ulong table = end / Limits.PageBytes / 8;
        return end > MostBytes ? throw new ToolException(path, 0, $"memory up to 0x{end:x}: no machine has such memory")
            : table > LargestTableBytes && table > dump.LengthBytes ? throw new ToolException(
                path, 0, $"memory up to 0x{end:x}: a table of it would be larger than the dump, whose headers must be damaged")
            : end;
    }
}
