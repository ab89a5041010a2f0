using System;
using System.Buffers.Binary;
using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Ranges;

namespace CosmosKdump.Tests.Unit.Capture.Filter;

/// <summary>
/// A crashed kernel as far as a filter sees it: 3 GiB of memory, page tables, sections and page structs, and the
/// VMCOREINFO of Linux 6.1 or 6.12 that describes them.
/// </summary>
internal sealed class CrashedPages
{
    public const ulong MemoryBytes = 3UL << 30;
    public const ulong ImageBase = 0xFFFF_FFFF_8000_0000;
    public const ulong Text = ImageBase + 0x100_0000;
    public const ulong TextBytes = 8UL << 20;
    public const ulong StructsAt = 0x1000_0000;
    public const ulong TablesEnd = 0x210_0000;
    public const int StructBytes = 64;

    private const ulong Tables = 0x200_0000;
    private const ulong StructBase = 0xFFFF_EA00_0000_0000;
    private const ulong Roots = 0xFFFF_8880_0180_0000;
    private const ulong RootsAt = 0x180_0000;
    private const ulong SectionsAt = 0x180_1000;
    private const uint Buddy61 = 0xFFFF_FF7F;
    private const uint Buddy612 = 0xF000_0000;

    private readonly bool _is612;
    private ulong _nextTable = Tables + Limits.PageBytes;

    public CrashedPages(bool is612 = false)
    {
        _is612 = is612;
        Map(Text, 0x100_0000, TextBytes, isExecutable: true);
        Map(Text + TextBytes, 0x100_0000 + TextBytes, 8UL << 20, isExecutable: false);
        Map(Roots, RootsAt, 2UL << 20, isExecutable: false);
        Memory.WriteUInt64(RootsAt, Roots + Limits.PageBytes);
        ulong sections = MemoryBytes >> 27;
        for (ulong section = 0; section < sections; section++)
        {
            Map(StructBase + (section << 21), StructsAt + (section << 21), 2UL << 20, isExecutable: false);
            // Present, and with page structs.
            Memory.WriteUInt64(SectionsAt + (section * 16), StructBase | 3);
        }
        Info = Encoding.ASCII.GetBytes(is612 ? Text612 : Text61);
    }

    public SparseMemory Memory { get; } = new(MemoryBytes);

    public byte[] Info { get; set; }

    public ulong Tables1 => _nextTable;

    /// <summary>The page struct of a page.</summary>
    public Span<byte> this[ulong pfn] => Memory.At(StructsAt + (pfn * StructBytes), StructBytes);

    /// <summary>Takes a section's page structs away.</summary>
    public void RemoveSection(ulong section) => Memory.WriteUInt64(SectionsAt + (section * 16), 0);

    public void Free(ulong pfn, int order)
    {
        SetMapCount(pfn, _is612 ? Buddy612 : Buddy61);
        BinaryPrimitives.WriteUInt64LittleEndian(this[pfn][40..], (ulong)order);
    }

    public void Cache(ulong pfn, bool isPrivate) =>
        SetFlags(pfn, Flag(_is612 ? 5 : 4) | (isPrivate ? Flag(_is612 ? 14 : 13) : 0));

    /// <summary>Page cache of a swap device that is on no LRU list.</summary>
    public void SwapCache(ulong pfn) => SetFlags(pfn, Flag(10) | Flag(_is612 ? 17 : 19));

    public void Anonymous(ulong pfn)
    {
        SetFlags(pfn, Flag(_is612 ? 5 : 4) | Flag(_is612 ? 17 : 19));
        SetMapping(pfn, 0xFFFF_8880_0300_0001);
    }

    public void Slab(ulong pfn)
    {
        // Its mapping holds something else, with bit 0 set.
        SetMapping(pfn, 0x80_0011);
        if (_is612)
        {
            SetMapCount(pfn, 0xF500_0000);
        }
        else
        {
            SetFlags(pfn, BinaryPrimitives.ReadUInt64LittleEndian(this[pfn]) | Flag(9));
        }
    }

    /// <summary>Slab of a cache: its address lies elsewhere since Linux 6.2.</summary>
    public void SlabOf(ulong pfn, ulong cache)
    {
        Slab(pfn);
        BinaryPrimitives.WriteUInt64LittleEndian(this[pfn][(_is612 ? 8 : 24)..], cache);
    }

    /// <summary>PG_reserved, of which VMCOREINFO does not tell, and the high bits of flags.</summary>
    public void Reserve(ulong pfn)
    {
        SetFlags(pfn, Flag(_is612 ? 13 : 12) | 0xF_FFFF_C000_0000);
        SetMapCount(pfn, uint.MaxValue);
    }

    public void Offline(ulong pfn) => SetMapCount(pfn, _is612 ? 0xF100_0000 : 0xFFFF_FEFF);

    public void Poison(ulong pfn) =>
        BinaryPrimitives.WriteUInt64LittleEndian(
            this[pfn], BinaryPrimitives.ReadUInt64LittleEndian(this[pfn]) | Flag(_is612 ? 20 : 22));

    /// <summary>A compound page; a huge page of hugetlbfs, or one that the kernel has.</summary>
    public void Compound(ulong pfn, int order, bool isHuge)
    {
        SetFlags(pfn, Flag(_is612 ? 6 : 16));
        for (ulong tail = pfn + 1; tail < pfn + (1UL << order); tail++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(this[tail][8..], StructBase + (pfn * StructBytes) + 1);
        }
        if (_is612)
        {
            SetFlags(pfn + 1, (ulong)order);
            SetMapCount(pfn, isHuge ? 0xF400_0000 : 0xFFFF_FFFF);
        }
        else
        {
            this[pfn + 1][16] = (byte)(isHuge ? 2 : 1);
            this[pfn + 1][17] = (byte)order;
        }
    }

    /// <summary>A filter over all of this memory.</summary>
    public PageFilter Open(byte level, bool excludesIdlePageStructs = false)
    {
        var memory = new SparsePort(Memory);
        var ranges = new RangeTable(new PhysicalRange[4]);
        ranges.Add(new PhysicalRange(0, MemoryBytes));
        return PageFilter.Open(
            ref memory,
            new FilterBuffers(
                new PageKind[FilterUnit.Pages],
                new byte[PageScan.BlockBytes],
                new PageStructRun[FilterBuffers.MaxRuns],
                new ulong[PageCensus.Kinds],
                new UnitSummary[2]),
            in ranges,
            new VmcoreInfo(Info),
            new DumpLevel(level),
            excludesIdlePageStructs);
    }

    /// <summary>The kind of a page, by a filter of this level.</summary>
    public PageKind KindOf(ulong pfn, byte level = DumpLevel.Highest)
    {
        PageFilter filter = Open(level);
        return KindOf(ref filter, pfn);
    }

    public PageKind KindOf(ref PageFilter filter, ulong pfn)
    {
        var memory = new SparsePort(Memory);
        filter.Load(ref memory, pfn / FilterUnit.Pages);
        return filter.Kinds[(int)(pfn % FilterUnit.Pages)];
    }

    private void Map(ulong address, ulong physical, ulong length, bool isExecutable)
    {
        const ulong Large = 2UL << 20;
        for (ulong done = 0; done < length; done += Large)
        {
            ulong table = Tables;
            for (int shift = 39; shift > 21; shift -= 9)
            {
                ulong at = table + (((address + done) >> shift & 0x1FF) * 8);
                ulong entry = BinaryPrimitives.ReadUInt64LittleEndian(Memory.At(at, 8));
                if (entry == 0)
                {
                    entry = _nextTable | 3;
                    _nextTable += Limits.PageBytes;
                    Memory.WriteUInt64(at, entry);
                }
                table = entry & ~0xFFFUL;
            }
            ulong noExecute = isExecutable ? 0 : 1UL << 63;
            ulong leaf = table + (((address + done) >> 21 & 0x1FF) * 8);
            Memory.WriteUInt64(leaf, (physical + done) | 0x83 | noExecute);
        }
    }

    private static ulong Flag(int bit) => 1UL << bit;

    private void SetFlags(ulong pfn, ulong flags) => BinaryPrimitives.WriteUInt64LittleEndian(this[pfn], flags);

    private void SetMapping(ulong pfn, ulong mapping) =>
        BinaryPrimitives.WriteUInt64LittleEndian(this[pfn][24..], mapping);

    private void SetMapCount(ulong pfn, uint count) =>
        BinaryPrimitives.WriteUInt32LittleEndian(this[pfn][48..], count);

    private const string Common = """
        OSRELEASE=test
        SYMBOL(swapper_pg_dir)=ffffffff82000000
        SYMBOL(_stext)=ffffffff81000000
        SYMBOL(mem_section)=ffff888001800000
        LENGTH(mem_section)=2048
        SIZE(mem_section)=16
        OFFSET(mem_section.section_mem_map)=0
        NUMBER(SECTION_SIZE_BITS)=27
        NUMBER(phys_base)=0
        NUMBER(pgtable_l5_enabled)=0
        SIZE(page)=64
        OFFSET(page.flags)=0
        OFFSET(page._refcount)=52
        OFFSET(page.mapping)=24
        OFFSET(page._mapcount)=48
        OFFSET(page.private)=40
        OFFSET(page.compound_head)=8
        LENGTH(zone.free_area)=11
        NUMBER(PG_swapcache)=10

        """;

    private const string Text61 = Common + """
        OFFSET(page.compound_dtor)=16
        OFFSET(page.compound_order)=17
        NUMBER(PG_lru)=4
        NUMBER(PG_private)=13
        NUMBER(PG_swapbacked)=19
        NUMBER(PG_slab)=9
        NUMBER(PG_hwpoison)=22
        NUMBER(PG_head_mask)=65536
        NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129
        NUMBER(HUGETLB_PAGE_DTOR)=2
        NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-257

        """;

    private const string Text612 = Common + """
        NUMBER(PG_lru)=5
        NUMBER(PG_private)=14
        NUMBER(PG_swapbacked)=17
        NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)=-184549376
        NUMBER(PG_hwpoison)=20
        NUMBER(PG_head_mask)=64
        NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-268435456
        NUMBER(PAGE_HUGETLB_MAPCOUNT_VALUE)=-201326592
        NUMBER(PAGE_OFFLINE_MAPCOUNT_VALUE)=-251658240

        """;
}
