using System;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Ranges;

namespace CosmosKdump.Capture.Filter;

/// <summary>
/// Tells the kind of every page, unit by unit, by the crashed kernel's page structs. It trusts none of them: what
/// cannot be found, read or believed is kept.
/// </summary>
public ref struct PageScan
{
    private readonly Span<byte> _block;
    private KernelPaging _paging;
    private MemoryMap _map;
    private PageStruct _layout;
    private ulong _blockPfn;
    private int _blockPages;
    private bool _hasHoles;

    private PageScan(Span<byte> block) => _block = block;

    /// <summary>Page structs are read in blocks of this size, bytes; the scan needs a buffer for one.</summary>
    public const int BlockBytes = Limits.PageBytes;

    /// <summary>Pages of the kernel's text by whose page structs all are judged.</summary>
    public const ulong TextPages = 64;

    /// <summary>Bytes of a page struct.</summary>
    public readonly int StructBytes => _layout.Bytes;

    /// <summary>
    /// Prepares a scan. <see cref="Status.VmcoreInfoIncomplete"/>: VMCOREINFO does not tell where page structs lie or
    /// what they look like; then nothing can be filtered.
    /// </summary>
    public static Status Open(scoped in VmcoreInfo info, Span<byte> block, out PageScan scan)
    {
        scan = new PageScan(block[..BlockBytes]);
        Status status = KernelPaging.Open(in info, out scan._paging);
        status = status == Status.Ok ? MemoryMap.Open(in info, out scan._map) : status;
        return status == Status.Ok ? PageStruct.Open(in info, out scan._layout) : status;
    }

    /// <summary>Where the kernel's image lies.</summary>
    public KernelImage FindImage<TMemory>(scoped ref TMemory memory, scoped in VmcoreInfo info)
        where TMemory : struct, IPhysicalMemory => KernelImage.Find(ref memory, ref _paging, in info);

    /// <summary>
    /// Tells the kinds of a unit's pages. <paramref name="kinds"/> has <see cref="FilterUnit.Pages"/> entries, which
    /// say <see cref="PageKind.Kernel"/> for every page of memory and <see cref="PageKind.Hole"/> for all others, if
    /// <paramref name="hasHoles"/>.
    /// </summary>
    public void Run<TMemory>(ref TMemory memory, ulong firstPfn, scoped Span<PageKind> kinds, bool hasHoles)
        where TMemory : struct, IPhysicalMemory
    {
        _hasHoles = hasHoles;
        _blockPages = 0;
        int at = RestOfCompound(ref memory, firstPfn, kinds);
        while (at < kinds.Length)
        {
            if (kinds[at] == PageKind.Hole)
            {
                at++;
                continue;
            }
            ulong pfn = firstPfn + (ulong)at;
            if (Load(ref memory, pfn) != Status.Ok)
            {
                kinds[at++] = PageKind.Unknown;
                continue;
            }
            PageKind kind = Judge(pfn, out int order);
            if (kind is PageKind.Kernel or PageKind.Reserved)
            {
                kinds[at++] = kind;
                continue;
            }
            PoisonedStructs += kind == PageKind.Poisoned ? 1UL : 0;
            int pages = (int)Math.Min(1UL << order, (ulong)(kinds.Length - at));
            Mark(ref memory, pfn, kinds.Slice(at, pages), kind);
            at += pages;
        }
    }

    /// <summary>
    /// Where the page structs of pages from <paramref name="pfn"/> on lie in physical memory, and how many of them
    /// lie together there.
    /// </summary>
    public Status Locate<TMemory>(ref TMemory memory, ulong pfn, out ulong physical, out ulong pages)
        where TMemory : struct, IPhysicalMemory
    {
        physical = 0;
        pages = 0;
        Status status = _map.Find(ref memory, ref _paging, pfn, out ulong address);
        status = status == Status.Ok
            ? _paging.Translate(ref memory, address, out physical, out pages)
            : status;
        pages = Math.Min(pages / (ulong)_layout.Bytes, _map.PagesPerSection - (pfn % _map.PagesPerSection));
        return status;
    }

    /// <summary>
    /// The kind of one page, wherever it lies; it holds for <paramref name="pages"/> pages from there. A page inside a
    /// block of free pages is found by the block's first page, a later page of a compound page by its head.
    /// </summary>
    public PageKind KindOf<TMemory>(ref TMemory memory, ulong pfn, out ulong pages)
        where TMemory : struct, IPhysicalMemory
    {
        pages = 1;
        if (Load(ref memory, pfn) != Status.Ok)
        {
            return PageKind.Unknown;
        }
        PageKind kind;
        int order;
        if (_layout.IsTail(PageAt(pfn), out ulong head))
        {
            return KindOfTail(ref memory, pfn, head, out pages);
        }
        kind = Judge(pfn, out order);
        if (kind is not (PageKind.Kernel or PageKind.Reserved))
        {
            pages = 1UL << order;
            return kind;
        }
        for (int up = 1; up < _layout.FreeOrders; up++)
        {
            ulong first = pfn & ~((1UL << up) - 1);
            if (first != pfn && Load(ref memory, first) == Status.Ok
                && Judge(first, out order) == PageKind.Free && first + (1UL << order) > pfn)
            {
                pages = first + (1UL << order) - pfn;
                return PageKind.Free;
            }
        }
        return PageKind.Kernel;
    }

    /// <summary>Learns from the image how pages are told apart where VMCOREINFO does not tell.</summary>
    public void Learn<TMemory>(ref TMemory memory, scoped in KernelImage image)
        where TMemory : struct, IPhysicalMemory
    {
        ulong first = image.Text.Start / Limits.PageBytes;
        ulong end = Math.Min(image.Text.End / Limits.PageBytes, first + TextPages);
        ulong flags = first < end ? ulong.MaxValue : 0;
        for (ulong pfn = first; pfn < end; pfn++)
        {
            flags &= Load(ref memory, pfn) == Status.Ok ? _layout.FlagsOf(PageAt(pfn)) : 0;
        }
        _layout.LearnReserved(flags);
        _layout.LearnTasks(image.TaskCaches);
    }

    /// <summary>The hardware reported a page bad, as its own page struct tells, whatever block it lies in.</summary>
    public bool IsPoisoned<TMemory>(ref TMemory memory, ulong pfn)
        where TMemory : struct, IPhysicalMemory =>
        Load(ref memory, pfn) == Status.Ok && _layout.IsPoisoned(PageAt(pfn));

    private PageKind KindOfTail<TMemory>(ref TMemory memory, ulong pfn, ulong head, out ulong pages)
        where TMemory : struct, IPhysicalMemory
    {
        pages = 1;
        if (_map.Find(ref memory, ref _paging, pfn, out ulong own) != Status.Ok || head >= own)
        {
            return PageKind.Kernel;
        }
        ulong before = (own - head) / (ulong)_layout.Bytes;
        if (before > pfn
            || _map.Find(ref memory, ref _paging, pfn - before, out ulong check) != Status.Ok || check != head
            || Load(ref memory, pfn - before) != Status.Ok)
        {
            return PageKind.Kernel;
        }
        PageKind kind = Judge(pfn - before, out int order);
        ulong end = pfn - before + (1UL << order);
        if (end <= pfn)
        {
            return PageKind.Kernel;
        }
        pages = kind == PageKind.Kernel ? 1 : end - pfn;
        return kind;
    }

    // A page of 1 GiB is larger than a unit: a unit may begin inside one.
    private int RestOfCompound<TMemory>(ref TMemory memory, ulong firstPfn, scoped Span<PageKind> kinds)
        where TMemory : struct, IPhysicalMemory
    {
        // Linux may have given the page structs of a huge page's later pages back (HugeTLB vmemmap optimization, "mm:
        // hugetlb: free the vmemmap pages"): what stands in their place repeats the first ones, so that a page inside
        // looks like a first one, and only the next tells.
        if (kinds[0] == PageKind.Hole || Load(ref memory, firstPfn) != Status.Ok)
        {
            return 0;
        }
        ulong pfn = firstPfn;
        bool isTail = _layout.IsTail(PageAt(pfn), out ulong head);
        if (!isTail && _blockPages > 1)
        {
            pfn++;
            isTail = _layout.IsTail(PageAt(pfn), out head)
                && _map.Find(ref memory, ref _paging, firstPfn, out ulong own) == Status.Ok && head < own;
        }
        if (!isTail)
        {
            return 0;
        }
        PageKind kind = KindOfTail(ref memory, pfn, head, out ulong rest);
        if (kind == PageKind.Kernel)
        {
            return 0;
        }
        PoisonedStructs += kind == PageKind.Poisoned ? 1UL : 0;
        int pages = (int)Math.Min(rest + (pfn - firstPfn), (ulong)kinds.Length);
        Mark(ref memory, firstPfn, kinds[..pages], kind);
        return pages;
    }

    /// <summary>
    /// Page structs that <see cref="Run"/> found to be of bad pages; one of a huge page stands for all of it.
    /// </summary>
    public ulong PoisonedStructs { get; set; }

    /// <summary>
    /// The level that is filtered by. Where it keeps a kind, each page of a block is looked at too, for those that are
    /// poisoned: a bad page may lie in a block of free pages or in a compound page, and must not be touched.
    /// </summary>
    public DumpLevel Level { get; set; }

    private void Mark<TMemory>(ref TMemory memory, ulong pfn, scoped Span<PageKind> kinds, PageKind kind)
        where TMemory : struct, IPhysicalMemory
    {
        bool isLookedAt = kinds.Length > 1 && !Level.Excludes(kind);
        if (!isLookedAt && !_hasHoles)
        {
            kinds.Fill(kind);
            return;
        }
        for (int i = 0; i < kinds.Length; i++)
        {
            if (kinds[i] != PageKind.Hole)
            {
                ulong at = pfn + (ulong)i;
                bool isPoisoned = isLookedAt && Load(ref memory, at) == Status.Ok && _layout.IsPoisoned(PageAt(at));
                PoisonedStructs += isPoisoned ? 1UL : 0;
                kinds[i] = isPoisoned ? PageKind.Poisoned : kind;
            }
        }
    }

    private readonly PageKind Judge(ulong pfn, out int order)
    {
        int index = (int)(pfn - _blockPfn);
        ReadOnlySpan<byte> next = index + 1 < _blockPages ? PageAt(pfn + 1) : default;
        return _layout.Judge(PageAt(pfn), next, pfn, out order);
    }

    private readonly ReadOnlySpan<byte> PageAt(ulong pfn) =>
        _block.Slice((int)(pfn - _blockPfn) * _layout.Bytes, _layout.Bytes);

    // The block that holds a page's struct. Blocks begin at even page numbers, so that a compound page's second struct
    // is in the same block as its first.
    private Status Load<TMemory>(ref TMemory memory, ulong pfn)
        where TMemory : struct, IPhysicalMemory
    {
        if (pfn >= _blockPfn && pfn - _blockPfn < (ulong)_blockPages)
        {
            return Status.Ok;
        }
        ulong perBlock = (ulong)(BlockBytes / _layout.Bytes) & ~1UL;
        ulong inSection = pfn % _map.PagesPerSection;
        _blockPages = 0;
        _blockPfn = pfn - (inSection % perBlock);
        int pages = (int)Math.Min(perBlock, _map.PagesPerSection - (inSection - (inSection % perBlock)));
        Status status = _map.Find(ref memory, ref _paging, _blockPfn, out ulong address);
        status = status == Status.Ok
            ? _paging.Read(ref memory, address, _block[..(pages * _layout.Bytes)])
            : status;
        _blockPages = status == Status.Ok ? pages : 0;
        return status;
    }
}
