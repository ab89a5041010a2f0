using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode.Kdump;
using CosmosKdump.Capture.Filter;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Filter;

/// <summary>Kinds of pages that no dump level asks for: they tell what is written first.</summary>
public class PageValueTests
{
    private const ulong Cache = 0xFF11_8880_0300_0040;
    private const ulong Slab = 0x4000;
    private const ulong Text = CrashedPages.Text - CrashedPages.ImageBase;

    [Fact]
    public void ConstantsAreToldFromWhatTheKernelSetsOnce()
    {
        var pages = new CrashedPages();
        var table = new CrashedSymbols(pages, isOffsetNegative: true);
        table.Add("T_stext", 0);
        table.Add("Dlinux_banner", 0x80_0FF0);
        table.Add("Dlinux_banner_not", 0x80_5000);
        table.Add("D__start_ro_after_init", 0x80_3010);
        table.Add("D__end_ro_after_init", 0x80_4010);
        table.Add("R__end_rodata", 0x80_6000);
        table.Add("B_end", 0xB0_0000);
        table.Plant();
        PageFilter filter = pages.Open(31);
        PageKind[] expected =
        [
            PageKind.Image, PageKind.Image, PageKind.Constants, PageKind.Image,
            PageKind.Image, PageKind.Constants, PageKind.Image,
        ];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], pages.KindOf(ref filter, 0x1800 + (ulong)i));
        }
        Assert.Equal(PageKind.Text, pages.KindOf(ref filter, 0x17FF));
        Assert.Equal(PageKind.Image, pages.KindOf(ref filter, 0x1AFF));
        // Behind its end lies memory like any other.
        Assert.Equal(PageKind.Kernel, pages.KindOf(ref filter, 0x1B00));
    }

    [Theory]
    [InlineData(CrashedSeries.Linux61)]
    [InlineData(CrashedSeries.Linux63)]
    [InlineData(CrashedSeries.Linux66)]
    [InlineData(CrashedSeries.Linux612)]
    public void SlabOfTasksIsToldByItsCache(CrashedSeries series)
    {
        foreach (string name in new[] { "btask_struct_cachep", "bmm_cachep", "Bradix_tree_node_cachep", "Dinit_pid_ns", "bother" })
        {
            var pages = new CrashedPages(series);
            var table = new CrashedSymbols(pages, isOffsetNegative: true);
            table.Add("T_stext", 0);
            table.Add(name, 0x90_0000);
            table.Plant();
            bool isNamespace = name.EndsWith("ns", System.StringComparison.Ordinal);
            pages.Memory.WriteUInt64(Text + 0x90_0000 + (isNamespace ? 56UL : 0UL), Cache);
            pages.SlabOf(Slab, Cache);
            pages.SlabOf(Slab + 1, Cache + 0x100);
            PageFilter filter = pages.Open(31);
            Assert.Equal(name == "bother" ? PageKind.Slab : PageKind.Tasks, pages.KindOf(ref filter, Slab));
            Assert.Equal(PageKind.Slab, pages.KindOf(ref filter, Slab + 1));
        }
    }

    [Theory]
    [InlineData(false, 64, PageKind.Reserved)]
    [InlineData(true, 64, PageKind.Reserved)]
    // One page of text has not the flag: it is another.
    [InlineData(false, 63, PageKind.Kernel)]
    [InlineData(false, 0, PageKind.Kernel)]
    public void ReservedPagesAreLikeThoseOfTheText(bool is612, int text, PageKind expected)
    {
        var pages = new CrashedPages(is612);
        for (int i = 0; i < text; i++)
        {
            pages.Reserve((Text / Limits.PageBytes) + (ulong)i);
        }
        pages.Reserve(0x5000);
        PageFilter filter = pages.Open(31);
        Assert.Equal(expected, pages.KindOf(ref filter, 0x5000));
        Assert.Equal(PageKind.Kernel, pages.KindOf(ref filter, 0x5001));
        // The image and page structs lie in reserved pages too, and stay what they are.
        pages.Reserve((CrashedPages.StructsAt / Limits.PageBytes) + 1);
        Assert.Equal(PageKind.Text, pages.KindOf(ref filter, Text / Limits.PageBytes));
        Assert.Equal(PageKind.PageStructs, pages.KindOf(ref filter, (CrashedPages.StructsAt / Limits.PageBytes) + 1));
    }

    [Fact]
    public void WhatADebuggerReadsFirstIsWrittenFirst()
    {
        PageKind[] order =
        [
            PageKind.Image, PageKind.Reserved, PageKind.Tasks, PageKind.Kernel, PageKind.Constants, PageKind.Slab,
            PageKind.PageStructs, PageKind.Text, PageKind.User, PageKind.Free,
        ];
        uint all = 0;
        for (int pass = 0; pass < PagePass.Count; pass++)
        {
            Assert.Equal(pass, PagePass.Of(order[pass]));
            Assert.Equal(0U, all & PagePass.KindsOf(pass));
            all |= PagePass.KindsOf(pass);
        }
        Assert.Equal((1U << PageCensus.Kinds) - 1, all);
    }
}
