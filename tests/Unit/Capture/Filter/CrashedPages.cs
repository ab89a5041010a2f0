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
/// VMCOREINFO of a series that describes them.
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

    private readonly PageLayout _layout;
    private ulong _nextTable = Tables + Limits.PageBytes;

    public CrashedPages(bool is612 = false)
        : this(is612 ? CrashedSeries.Linux612 : CrashedSeries.Linux61)
    {
    }

    public CrashedPages(CrashedSeries series)
    {
        _layout = PageLayout.Of(series);
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
        Info = Encoding.ASCII.GetBytes(Common + _layout.Text);
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
        SetMapCount(pfn, _layout.Buddy);
        BinaryPrimitives.WriteUInt64LittleEndian(this[pfn][40..], (ulong)order);
    }

    public void Cache(ulong pfn, bool isPrivate) =>
        SetFlags(pfn, Flag(_layout.Lru) | (isPrivate ? Flag(_layout.Private) : 0));

    /// <summary>Page cache of a swap device that is on no LRU list.</summary>
    public void SwapCache(ulong pfn) => SetFlags(pfn, Flag(_layout.SwapCache) | Flag(_layout.SwapBacked));

    public void Anonymous(ulong pfn)
    {
        SetFlags(pfn, Flag(_layout.Lru) | Flag(_layout.SwapBacked));
        SetMapping(pfn, 0xFFFF_8880_0300_0001);
    }

    public void Slab(ulong pfn)
    {
        // Its mapping holds something else, with bit 0 set.
        SetMapping(pfn, 0x80_0011);
        if (_layout.SlabType is uint type)
        {
            SetMapCount(pfn, type);
        }
        else
        {
            SetFlags(pfn, BinaryPrimitives.ReadUInt64LittleEndian(this[pfn]) | Flag(_layout.Slab));
        }
    }

    /// <summary>Slab of a cache: its address lies elsewhere since Linux 6.2.</summary>
    public void SlabOf(ulong pfn, ulong cache)
    {
        Slab(pfn);
        BinaryPrimitives.WriteUInt64LittleEndian(this[pfn][_layout.SlabCacheAt..], cache);
    }

    /// <summary>PG_reserved, of which VMCOREINFO does not tell, and the high bits of flags.</summary>
    public void Reserve(ulong pfn)
    {
        SetFlags(pfn, Flag(_layout.Reserved) | 0xF_FFFF_C000_0000);
        SetMapCount(pfn, uint.MaxValue);
    }

    public void Offline(ulong pfn) => SetMapCount(pfn, _layout.Offline);

    public void Poison(ulong pfn) =>
        BinaryPrimitives.WriteUInt64LittleEndian(
            this[pfn], BinaryPrimitives.ReadUInt64LittleEndian(this[pfn]) | Flag(_layout.Poison));

    /// <summary>A compound page; a huge page of hugetlbfs, or one that the kernel has.</summary>
    public void Compound(ulong pfn, int order, bool isHuge)
    {
        SetFlags(pfn, Flag(_layout.Head));
        for (ulong tail = pfn + 1; tail < pfn + (1UL << order); tail++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(this[tail][8..], StructBase + (pfn * StructBytes) + 1);
        }
        if (_layout.HugeType is uint type)
        {
            SetFlags(pfn + 1, (ulong)order);
            SetMapCount(pfn, isHuge ? type : 0xFFFF_FFFF);
        }
        else if (_layout.HugeFlag is int bit)
        {
            // What the kernel uses for itself may have the flags of other large pages: PG_large_rmappable.
            SetFlags(pfn + 1, (uint)order | Flag(isHuge ? bit : bit + 1));
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

        """;
}
