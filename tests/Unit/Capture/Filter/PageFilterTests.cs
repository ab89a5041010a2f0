using System;
using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Filter;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Filter;

public class PageFilterTests
{
    // Some page that is nothing special, in the second gigabyte.
    private const ulong Pfn = 0x50000;

    [Theory]
    [InlineData(CrashedSeries.Linux61)]
    [InlineData(CrashedSeries.Linux63)]
    [InlineData(CrashedSeries.Linux66)]
    [InlineData(CrashedSeries.Linux612)]
    public void EveryKindIsTold(CrashedSeries series)
    {
        var pages = new CrashedPages(series);
        pages.Cache(Pfn + 1, isPrivate: false);
        pages.Cache(Pfn + 2, isPrivate: true);
        pages.Anonymous(Pfn + 3);
        pages.Slab(Pfn + 4);
        pages.SwapCache(Pfn + 5);
        pages.Offline(Pfn + 6);
        pages.Poison(Pfn + 7);
        pages.Cache(Pfn + 8, isPrivate: false);
        pages.Poison(Pfn + 8);
        pages.Free(Pfn + 16, 4);
        pages.Compound(Pfn + 512, 9, isHuge: true);
        pages.Compound(Pfn + 1024, 3, isHuge: false);
        PageFilter filter = pages.Open(31);
        Assert.True(filter.HasPageStructs);
        PageKind[] expected =
        [
            PageKind.Kernel, PageKind.Cache, PageKind.PrivateCache, PageKind.User, PageKind.Slab, PageKind.Cache,
            PageKind.Offline, PageKind.Poisoned, PageKind.Poisoned, PageKind.Kernel,
        ];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], pages.KindOf(ref filter, Pfn + (ulong)i));
        }
        AssertRun(pages, ref filter, Pfn + 16, 16, PageKind.Free);
        AssertRun(pages, ref filter, Pfn + 512, 512, PageKind.User);
        AssertRun(pages, ref filter, Pfn + 1024, 8, PageKind.Kernel);
        Assert.Equal(PageKind.Kernel, pages.KindOf(ref filter, Pfn + 32));
    }

    [Fact]
    public void ImageAndPageStructsAreTold()
    {
        var pages = new CrashedPages();
        PageFilter filter = pages.Open(31);
        Assert.Equal(PageKind.Text, pages.KindOf(ref filter, 0x1000));
        Assert.Equal(PageKind.Text, pages.KindOf(ref filter, 0x17FF));
        Assert.Equal(PageKind.Image, pages.KindOf(ref filter, 0x1800));
        ulong structs = CrashedPages.StructsAt / Limits.PageBytes;
        Assert.Equal(PageKind.Kernel, pages.KindOf(ref filter, structs - 1));
        AssertRun(pages, ref filter, structs, 24 * 512, PageKind.PageStructs);
        Assert.Equal(PageKind.Kernel, pages.KindOf(ref filter, structs + (24 * 512)));
    }

    [Theory]
    [InlineData(PageKind.Cache, "0 1 8 9 16 17 24 25")]
    [InlineData(PageKind.PrivateCache, "0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27")]
    [InlineData(PageKind.User, "0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23")]
    [InlineData(PageKind.Free, "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15")]
    [InlineData(PageKind.Poisoned, "")]
    [InlineData(PageKind.Offline, "")]
    public void LevelsMeanWhatMakedumpfileMeans(PageKind kind, string keeping)
    {
        StringBuilder kept = new();
        for (byte level = 0; level <= DumpLevel.Highest; level++)
        {
            kept.Append(new DumpLevel(level).Excludes(kind) ? "" : $" {level}");
            Assert.False(new DumpLevel(level).Excludes(PageKind.Kernel));
            Assert.False(new DumpLevel(level).Excludes(PageKind.Unknown));
        }
        Assert.Equal(keeping, kept.ToString().Trim());
    }

    [Fact]
    public void ALevelIsRaisedFromTheLeastValuable()
    {
        var level = new DumpLevel(0);
        byte[] expected = [16, 17, 19, 23, 31, 31];
        foreach (byte value in expected)
        {
            level = level.Raised();
            Assert.Equal(value, level.Value);
        }
        Assert.Equal(31, new DumpLevel(23).Raised().Value);
    }

    [Theory]
    [InlineData(CrashedSeries.Linux61)]
    [InlineData(CrashedSeries.Linux63)]
    [InlineData(CrashedSeries.Linux66)]
    [InlineData(CrashedSeries.Linux612)]
    public void AHugePageThatIsLargerThanAUnitIsOne(CrashedSeries series)
    {
        var pages = new CrashedPages(series);
        const ulong Huge = 0x40000;
        pages.Compound(Huge, 18, isHuge: true);
        PageFilter filter = pages.Open(31);
        // Units in any order: each finds the head by its own first page.
        foreach (ulong unit in new ulong[] { 15, 8, 11 })
        {
            AssertRun(pages, ref filter, unit * FilterUnit.Pages, FilterUnit.Pages, PageKind.User);
        }
        Assert.Equal(PageKind.Kernel, pages.KindOf(ref filter, Huge + (1 << 18)));
        Assert.Equal(PageKind.Kernel, pages.KindOf(ref filter, Huge - 1));
    }

    [Theory]
    [InlineData(CrashedSeries.Linux61)]
    [InlineData(CrashedSeries.Linux63)]
    [InlineData(CrashedSeries.Linux66)]
    [InlineData(CrashedSeries.Linux612)]
    public void AHugePageWhosePageStructsWereGivenBackIsOne(CrashedSeries series)
    {
        var pages = new CrashedPages(series);
        const ulong Huge = 0x40000;
        pages.Compound(Huge, 18, isHuge: true);
        // Each later page of structs is the first one again.
        for (ulong pfn = Huge + 64; pfn < Huge + (1 << 18); pfn++)
        {
            pages[Huge + (pfn % 64)].CopyTo(pages[pfn]);
        }
        PageFilter filter = pages.Open(31);
        foreach (ulong unit in new ulong[] { 15, 8, 11 })
        {
            AssertRun(pages, ref filter, unit * FilterUnit.Pages, FilterUnit.Pages, PageKind.User);
        }
        Assert.Equal(PageKind.Kernel, pages.KindOf(ref filter, Huge + (1 << 18)));
    }

    [Fact]
    public void ABadHugePageIsNoReasonToDoubtAllPageStructs()
    {
        var pages = new CrashedPages();
        pages.Compound(0x40000, 18, isHuge: true);
        pages.Poison(0x40000);
        PageFilter filter = pages.Open(31);
        var memory = new SparsePort(pages.Memory);
        var census = new PageCensus(new ulong[PageCensus.Kinds]);
        filter.Count(ref memory, ref census);
        Assert.True(filter.HasPageStructs);
        Assert.Equal(1UL << 18, census.Of(PageKind.Poisoned));
    }

    [Fact]
    public void PoisonInAFreeBlockIsNotTouchedWhereFreePagesAreKept()
    {
        var pages = new CrashedPages();
        pages.Free(Pfn, 10);
        pages.Poison(Pfn + 100);
        Assert.Equal(PageKind.Poisoned, pages.KindOf(Pfn + 100, level: 1));
        Assert.Equal(PageKind.Free, pages.KindOf(Pfn + 101, level: 1));
        Assert.Equal(PageKind.Free, pages.KindOf(Pfn + 100, level: 31));
    }

    [Theory]
    [InlineData(CrashedSeries.Linux61)]
    [InlineData(CrashedSeries.Linux63)]
    [InlineData(CrashedSeries.Linux66)]
    [InlineData(CrashedSeries.Linux612)]
    public void PoisonInACompoundPageIsNotTouchedWhereItsKindIsKept(CrashedSeries series)
    {
        var pages = new CrashedPages(series);
        // Of processes, the kernel's own, slab, and one that reaches into the next unit.
        pages.Compound(Pfn, 9, isHuge: true);
        pages.Compound(Pfn + 0x400, 9, isHuge: false);
        pages.Compound(Pfn + 0x800, 3, isHuge: false);
        pages.Slab(Pfn + 0x800);
        pages.Compound(0x80000, 18, isHuge: true);
        ulong[] bad = [Pfn + 100, Pfn + 0x401, Pfn + 0x807, 0x90005];
        foreach (ulong pfn in bad)
        {
            pages.Poison(pfn);
            Assert.Equal(PageKind.Poisoned, pages.KindOf(pfn, level: 0));
        }
        Assert.Equal(PageKind.User, pages.KindOf(Pfn + 101, level: 0));
        Assert.Equal(PageKind.User, pages.KindOf(Pfn + 100, level: 31));
        Assert.Equal(PageKind.Poisoned, pages.KindOf(Pfn + 0x401, level: 31));
        Assert.Equal(PageKind.Slab, pages.KindOf(Pfn + 0x806, level: 31));
        Assert.Equal(PageKind.Poisoned, pages.KindOf(Pfn + 0x807, level: 31));
    }

    [Fact]
    public void FreePagesThatCannotBeAreKept()
    {
        var pages = new CrashedPages();
        pages.Free(Pfn + 8, 4);
        pages.Free(Pfn + 0x400, 11);
        PageFilter filter = pages.Open(31);
        AssertRun(pages, ref filter, Pfn + 8, 16, PageKind.Kernel);
        AssertRun(pages, ref filter, Pfn + 0x400, 0x800, PageKind.Kernel);
    }

    [Fact]
    public void WhereThereAreNoPageStructsPagesAreKept()
    {
        var pages = new CrashedPages();
        const ulong Section = Pfn >> 15;
        pages.Free(Pfn, 3);
        pages.RemoveSection(Section);
        PageFilter filter = pages.Open(31);
        AssertRun(pages, ref filter, Pfn, 8, PageKind.Unknown);
        Assert.True(filter.Keeps(0));
        Assert.Equal(PageKind.Kernel, pages.KindOf(ref filter, Pfn + FilterUnit.Pages));
    }

    [Fact]
    public void PageStructsThatCannotBeReadKeepTheirPages()
    {
        var pages = new CrashedPages();
        pages.Free(Pfn, 6);
        pages.Free(Pfn + 64, 6);
        pages.Memory.Unreadable.Add((CrashedPages.StructsAt + (Pfn * CrashedPages.StructBytes)) / Limits.PageBytes);
        PageFilter filter = pages.Open(31);
        AssertRun(pages, ref filter, Pfn, 64, PageKind.Unknown);
        AssertRun(pages, ref filter, Pfn + 64, 64, PageKind.Free);
    }

    [Theory]
    [InlineData("SIZE(page)")]
    [InlineData("OFFSET(page.flags)")]
    [InlineData("SYMBOL(mem_section)")]
    [InlineData("SYMBOL(swapper_pg_dir)")]
    [InlineData("NUMBER(phys_base)")]
    [InlineData("NUMBER(SECTION_SIZE_BITS)")]
    public void WithoutWhatIsNeededNothingIsFiltered(string key)
    {
        var pages = new CrashedPages();
        pages.Free(Pfn, 3);
        string text = Encoding.ASCII.GetString(pages.Info);
        Assert.Contains(key, text);
        pages.Info = Encoding.ASCII.GetBytes(text.Replace(key, "GONE"));
        PageFilter filter = pages.Open(31);
        Assert.False(filter.HasPageStructs);
        Assert.Equal(Status.VmcoreInfoIncomplete, filter.WhyNot);
        AssertRun(pages, ref filter, Pfn, 8, PageKind.Kernel);
    }

    [Theory]
    [InlineData("NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", 0, PageKind.Kernel)]
    [InlineData("LENGTH(zone.free_area)", 0, PageKind.Kernel)]
    [InlineData("NUMBER(PG_lru)", 1, PageKind.Kernel)]
    [InlineData("NUMBER(PG_hwpoison)", 2, PageKind.Kernel)]
    [InlineData("NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)", 3, PageKind.Kernel)]
    public void WhatOneKeyTellsIsKeptWithoutIt(string key, int page, PageKind kind)
    {
        var pages = new CrashedPages();
        pages.Free(Pfn, 0);
        pages.Cache(Pfn + 1, isPrivate: false);
        pages.Poison(Pfn + 2);
        pages.Offline(Pfn + 3);
        pages.Anonymous(Pfn + 4);
        pages.Info = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(pages.Info).Replace(key, "GONE"));
        PageFilter filter = pages.Open(31);
        Assert.True(filter.HasPageStructs);
        PageKind[] told = [PageKind.Free, PageKind.Cache, PageKind.Poisoned, PageKind.Offline, PageKind.User];
        told[page] = kind;
        for (int i = 0; i < told.Length; i++)
        {
            Assert.Equal(told[i], pages.KindOf(ref filter, Pfn + (ulong)i));
        }
    }

    [Fact]
    public void PageStructsThatCallTheKernelFreeAreNotBelieved()
    {
        var pages = new CrashedPages();
        pages.Free(0x1000, 10);
        PageFilter filter = pages.Open(31);
        Assert.False(filter.HasPageStructs);
        Assert.Equal(Status.PageStructsAbsurd, filter.WhyNot);
        Assert.Equal(PageKind.Kernel, pages.KindOf(ref filter, 0x1000));
    }

    [Fact]
    public void PageStructsThatCallTooMuchPoisonedAreNotBelieved()
    {
        var pages = new CrashedPages();
        pages.Free(Pfn, 10);
        for (ulong i = 0; i < CrashedPages.MemoryBytes / Limits.PageBytes / 200; i++)
        {
            pages.Poison(0x60000 + i);
        }
        PageFilter filter = pages.Open(31);
        Assert.True(filter.HasPageStructs);
        var memory = new SparsePort(pages.Memory);
        var census = new PageCensus(new ulong[PageCensus.Kinds]);
        filter.Count(ref memory, ref census);
        Assert.Equal((false, Status.PageStructsAbsurd), (filter.HasPageStructs, filter.WhyNot));
        Assert.Equal(census.Memory, census.Kept(new DumpLevel(31)));
        Assert.Equal(PageKind.Kernel, pages.KindOf(ref filter, Pfn));
        Assert.Equal(PageKind.Kernel, pages.KindOf(ref filter, 0x60000));
    }

    [Theory]
    [InlineData(0xFF)]
    [InlineData(0)]
    [InlineData(0x55)]
    public void PageStructsThatWereOverwrittenLoseNoPage(byte value)
    {
        var pages = new CrashedPages();
        for (ulong pfn = Pfn; pfn < Pfn + 0x1000; pfn++)
        {
            pages[pfn].Fill(value);
        }
        PageFilter filter = pages.Open(31);
        var memory = new SparsePort(pages.Memory);
        var census = new PageCensus(new ulong[PageCensus.Kinds]);
        filter.Count(ref memory, ref census);
        Assert.Equal(census.Memory, census.Kept(new DumpLevel(31)));
    }

    [Fact]
    public void PageStructsOfExcludedPagesAreToldWhenAskedFor()
    {
        var pages = new CrashedPages();
        // 64 page structs to a page: those of a free block of 1024, and of one with a kernel page behind it.
        pages.Free(Pfn, 10);
        pages.Free(Pfn + 0x800, 5);
        ulong structs = (CrashedPages.StructsAt / Limits.PageBytes) + (Pfn / 64);
        PageFilter filter = pages.Open(31, excludesIdlePageStructs: true);
        AssertRun(pages, ref filter, structs, 16, PageKind.IdlePageStructs);
        Assert.Equal(PageKind.PageStructs, pages.KindOf(ref filter, structs + 16));
        Assert.Equal(PageKind.PageStructs, pages.KindOf(ref filter, structs + 32));
        filter = pages.Open(15, excludesIdlePageStructs: true);
        Assert.Equal(PageKind.PageStructs, pages.KindOf(ref filter, structs));
    }

    [Fact]
    public void CountsAreOfAllPages()
    {
        var pages = new CrashedPages();
        pages.Free(Pfn, 10);
        pages.Compound(0x40000, 9, isHuge: true);
        pages.Cache(Pfn + 0x1000, isPrivate: true);
        PageFilter filter = pages.Open(31);
        var census = new PageCensus(new ulong[PageCensus.Kinds]);
        var memory = new SparsePort(pages.Memory);
        filter.Count(ref memory, ref census);
        ulong all = CrashedPages.MemoryBytes / Limits.PageBytes;
        Assert.Equal(all, census.Memory);
        Assert.Equal((1024UL, 512UL, 1UL), (
            census.Of(PageKind.Free), census.Of(PageKind.User), census.Of(PageKind.PrivateCache)));
        Assert.Equal(all - 1024 - 512 - 1, census.Kept(new DumpLevel(31)));
        Assert.Equal(all, census.Kept(new DumpLevel(1)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void DamagedStructuresEndInBoundedWork(int seed)
    {
        var random = new Random(seed);
        var pages = new CrashedPages(is612: seed % 2 == 0);
        for (int i = 0; i < 4000; i++)
        {
            random.NextBytes(pages[(ulong)random.Next(0x48000, 0x58000)]);
        }
        for (int i = 0; i < 30; i++)
        {
            ulong table = 0x200_0000 + (ulong)random.Next((int)(pages.Tables1 - 0x200_0000) & ~7);
            pages.Memory.WriteUInt64(table & ~7UL, (ulong)random.NextInt64());
            pages.Memory.WriteUInt64(0x180_1000 + (ulong)(random.Next(0, 24) * 16), (ulong)random.NextInt64());
        }
        PageFilter filter = pages.Open(31, excludesIdlePageStructs: true);
        var census = new PageCensus(new ulong[PageCensus.Kinds]);
        var memory = new SparsePort(pages.Memory);
        filter.Count(ref memory, ref census);
        Assert.Equal(CrashedPages.MemoryBytes / Limits.PageBytes, census.Memory);
        Assert.InRange(pages.Memory.Reads, 1, 60_000_000);
    }

    private static void AssertRun(CrashedPages pages, ref PageFilter filter, ulong pfn, int count, PageKind kind)
    {
        for (ulong i = 0; i < (ulong)count; i++)
        {
            Assert.Equal(kind, pages.KindOf(ref filter, pfn + i));
        }
    }
}
