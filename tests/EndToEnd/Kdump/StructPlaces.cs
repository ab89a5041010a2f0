using System.Collections.Generic;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Kdump;

/// <summary>Where the structures that a filter goes by lie in the physical memory of a Linux, for tests to damage them.</summary>
public static class StructPlaces
{
    /// <summary>Pages that hold page structs: whose, of how many pages, and where.</summary>
    public static List<(ulong Pfn, ulong Pages, ulong Place)> PageStructs<TMemory>(TMemory memory, byte[] vmcoreInfo, ulong endPfn)
        where TMemory : struct, IPhysicalMemory
    {
        VmcoreInfo info = new(vmcoreInfo);
        Assert.Equal(Status.Ok, PageScan.Open(in info, new byte[PageScan.BlockBytes], out PageScan scan));
        ulong perPage = Limits.PageBytes / (ulong)scan.StructBytes;
        List<(ulong Pfn, ulong Pages, ulong Place)> places = [];
        for (ulong pfn = 0; pfn < endPfn; pfn += perPage)
        {
            if (scan.Locate(ref memory, pfn, out ulong physical, out _) == Status.Ok)
            {
                places.Add((pfn, perPage, physical));
            }
        }
        Assert.NotEmpty(places);
        return places;
    }

    /// <summary>The first page of the section table's roots, and the page of sections that its first root points to.</summary>
    public static (ulong Roots, ulong Sections) SectionTable<TMemory>(TMemory memory, byte[] vmcoreInfo)
        where TMemory : struct, IPhysicalMemory
    {
        VmcoreInfo info = new(vmcoreInfo);
        Assert.Equal(Status.Ok, KernelPaging.Open(in info, out KernelPaging paging));
        Assert.Equal(Status.Ok, info.TryGetSymbol("mem_section"u8, out ulong table));
        // The symbol is a pointer to the roots (CONFIG_SPARSEMEM_EXTREME); VMCOREINFO tells what it points to.
        Assert.Equal(Status.Ok, paging.Translate(ref memory, table, out ulong roots, out _));
        Assert.Equal(Status.Ok, paging.Read(ref memory, table, out ulong first));
        Assert.Equal(Status.Ok, paging.Translate(ref memory, first, out ulong sections, out _));
        const ulong Mask = ~(Limits.PageBytes - 1UL);
        return (roots & Mask, sections & Mask);
    }
}
