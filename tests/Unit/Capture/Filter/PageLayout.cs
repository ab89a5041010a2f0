using System;

namespace CosmosKdump.Tests.Unit.Capture.Filter;

/// <summary>
/// What <c>struct page</c> of a series holds where, and what its VMCOREINFO tells of it (Linux: kernel/crash_core.c;
/// include/linux/page-flags.h, with CONFIG_ARCH_USES_PG_UNCACHED left out).
/// </summary>
internal sealed record PageLayout
{
    public required string Text { get; init; }

    public int Lru { get; init; } = 4;

    public int Slab { get; init; } = 9;

    public int SwapCache { get; init; } = 10;

    public int Reserved { get; init; } = 12;

    public int Private { get; init; } = 13;

    public int Head { get; init; } = 16;

    public int SwapBacked { get; init; } = 19;

    public int Poison { get; init; } = 22;

    /// <summary>In the flags of a huge page's second page.</summary>
    public int? HugeFlag { get; init; }

    public uint? HugeType { get; init; }

    public uint? SlabType { get; init; }

    public uint Buddy { get; init; } = 0xFFFF_FF7F;

    public uint Offline { get; init; } = 0xFFFF_FEFF;

    /// <summary>Where a slab has its cache (since Linux 6.2 elsewhere, commit 130d4df57390).</summary>
    public int SlabCacheAt { get; init; } = 8;

    public static PageLayout Of(CrashedSeries series) => series switch
    {
        CrashedSeries.Linux61 => new()
        {
            SlabCacheAt = 24,
            Text = """
                OFFSET(page.compound_dtor)=16
                OFFSET(page.compound_order)=17

                """ + Flags61,
        },
        CrashedSeries.Linux63 => new()
        {
            Text = """
                OFFSET(folio._folio_dtor)=80
                OFFSET(folio._folio_order)=81

                """ + Flags61,
        },
        CrashedSeries.Linux66 => new()
        {
            // Rearranged so that the low byte of the second page's flags is free (commit c704ae979784).
            Lru = 5, Head = 6, Slab = 11, SwapCache = 12, Reserved = 14, Private = 15, HugeFlag = 8,
            Text = """
                NUMBER(PG_lru)=5
                NUMBER(PG_private)=15
                NUMBER(PG_swapcache)=12
                NUMBER(PG_swapbacked)=19
                NUMBER(PG_slab)=11
                NUMBER(PG_hwpoison)=22
                NUMBER(PG_head_mask)=64
                NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129
                NUMBER(PG_hugetlb)=8
                NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-257

                """,
        },
        CrashedSeries.Linux612 => new()
        {
            Lru = 5, Head = 6, Reserved = 13, Private = 14, SwapBacked = 17, Poison = 20,
            Buddy = 0xF000_0000, Offline = 0xF100_0000, HugeType = 0xF400_0000, SlabType = 0xF500_0000,
            Text = """
                NUMBER(PG_lru)=5
                NUMBER(PG_private)=14
                NUMBER(PG_swapcache)=10
                NUMBER(PG_swapbacked)=17
                NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)=-184549376
                NUMBER(PG_hwpoison)=20
                NUMBER(PG_head_mask)=64
                NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-268435456
                NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE)=-201326592
                NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-251658240

                """,
        },
        _ => throw new ArgumentOutOfRangeException(nameof(series)),
    };

    private const string Flags61 = """
        NUMBER(PG_lru)=4
        NUMBER(PG_private)=13
        NUMBER(PG_swapcache)=10
        NUMBER(PG_swapbacked)=19
        NUMBER(PG_slab)=9
        NUMBER(PG_hwpoison)=22
        NUMBER(PG_head_mask)=65536
        NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129
        NUMBER(HUGETLB_PAGE_DTOR)=2
        NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-257

        """;
}
