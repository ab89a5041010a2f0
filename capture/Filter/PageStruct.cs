using System;
using System.Buffers.Binary;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Filter;

/// <summary>
/// Reads <c>struct page</c> as VMCOREINFO describes it, and tells the kind of a page by the rules of makedumpfile
/// (its manual, option -d). What VMCOREINFO does not tell is not decided: such pages are kept.
/// </summary>
public struct PageStruct
{
    // Linux 6.6 and later: a compound page's order is the low byte of its second page's flags (folio._flags_1).
    private const ulong OrderMask = 0xFF;
    // Flags are the low bits; numbers of node, zone and CPU are the high ones (include/linux/page-flags-layout.h).
    private const ulong PageFlags = (1 << 24) - 1;
    private const ulong Anonymous = 1;
    private const ulong Tail = 1;
    private const int NoOffset = -1;

    // _mapcount of a page that is not mapped and of no type.
    private const uint NoType = uint.MaxValue;

    // Largest compound page of x86-64: 1 GiB.
    private const int HighestOrder = 18;

    private int _flags;
    private int _mapping;
    private int _mapCount;
    private int _private;
    private int _compoundHead;
    private int _order;
    private int _destructor;
    private ulong _lru;
    private ulong _hasPrivate;
    private ulong _swapCache;
    private ulong _swapBacked;
    private ulong _slab;
    private ulong _poisoned;
    private ulong _head;
    // Flags of which a page that is just the kernel's has none.
    private ulong _telling;
    private ulong _hugeInFlags;
    private ulong _hugeDestructor;
    private TypeValue _buddy;
    private TypeValue _offline;
    private TypeValue _slabType;
    private TypeValue _hugeType;
    private TypeValue _unaccepted;
    private ulong _freeOrders;
    private ulong _reserved;
    private TaskCaches _taskCaches;

    /// <summary>Bytes of a page struct.</summary>
    public int Bytes { get; private set; }

    /// <summary>Free pages can be told from others.</summary>
    public readonly bool KnowsFree => _buddy.IsKnown && _private != NoOffset && _freeOrders != 0;

    /// <summary>Number of orders that blocks of free pages have.</summary>
    public readonly int FreeOrders => (int)_freeOrders;

    /// <summary>Page cache can be told from other pages.</summary>
    public readonly bool KnowsCache => _lru != 0;

    /// <summary>
    /// Reads the layout; <see cref="Status.VmcoreInfoIncomplete"/> when not even flags and mapping of a page are known.
    /// </summary>
    public static Status Open(scoped in VmcoreInfo info, out PageStruct layout)
    {
        layout = default;
        if (info.TryGetSize("page"u8, out ulong bytes) != Status.Ok || bytes is < 32 or > 256)
        {
            return Status.VmcoreInfoIncomplete;
        }
        layout.Bytes = (int)bytes;
        layout._flags = Offset(in info, "page.flags"u8, bytes, 8);
        layout._mapping = Offset(in info, "page.mapping"u8, bytes, 8);
        layout._mapCount = Offset(in info, "page._mapcount"u8, bytes, 4);
        layout._private = Offset(in info, "page.private"u8, bytes, 8);
        layout._compoundHead = Offset(in info, "page.compound_head"u8, bytes, 8);
        if (layout._flags == NoOffset || layout._mapping == NoOffset)
        {
            return Status.VmcoreInfoIncomplete;
        }
        layout._lru = Flag(in info, "PG_lru"u8);
        layout._hasPrivate = Flag(in info, "PG_private"u8);
        layout._swapCache = Flag(in info, "PG_swapcache"u8);
        layout._swapBacked = Flag(in info, "PG_swapbacked"u8);
        layout._slab = Flag(in info, "PG_slab"u8);
        layout._poisoned = Flag(in info, "PG_hwpoison"u8);
        layout._head = info.TryGetConstant("PG_head_mask"u8, out ulong head) == Status.Ok
            ? head
            : Flag(in info, "PG_head"u8);
        layout._telling = layout._lru | layout._swapCache | layout._slab | layout._poisoned | layout._head;
        if (layout._mapCount != NoOffset)
        {
            layout._buddy = TypeValue.Find(in info, "PAGE_BUDDY_MAPCOUNT_VALUE"u8);
            layout._offline = TypeValue.Find(in info, "PAGE_OFFLINE_MAPCOUNT_VALUE"u8);
            layout._slabType = TypeValue.Find(in info, "PAGE_SLAB_MAPCOUNT_VALUE"u8);
            layout._hugeType = TypeValue.Find(in info, "PAGE_HUGETLB_MAPCOUNT_VALUE"u8);
            layout._unaccepted = TypeValue.Find(in info, "PAGE_UNACCEPTED_MAPCOUNT_VALUE"u8);
        }
        bool hasOrders = info.TryGetLength("zone.free_area"u8, out ulong orders) == Status.Ok;
        layout._freeOrders = hasOrders && orders <= HighestOrder + 1 ? orders : 0;
        layout.FindCompound(in info, bytes);
        return Status.Ok;
    }

    /// <summary>
    /// Learns from the page structs of the kernel's text, in whose flags these bits are all set: VMCOREINFO does not tell
    /// of PG_reserved, which is the only flag that they have.
    /// </summary>
    public void LearnReserved(ulong textFlags)
    {
        ulong flag = textFlags & PageFlags;
        _reserved = (flag & (flag - 1)) == 0 && (flag & _telling) == 0 ? flag : 0;
    }

    /// <summary>Tells slab of tasks by its caches.</summary>
    public void LearnTasks(scoped in TaskCaches caches) => _taskCaches = caches;

    /// <summary>The flags of a page.</summary>
    public readonly ulong FlagsOf(ReadOnlySpan<byte> page) => Long(page, _flags);

    /// <summary>Bits in the flags of a page that the hardware reported bad.</summary>
    public readonly bool IsPoisoned(ReadOnlySpan<byte> page) => (Long(page, _flags) & _poisoned) != 0;

    /// <summary>
    /// Whether a page is a later one of a compound page; <paramref name="head"/> is then the virtual address of the
    /// first one's page struct.
    /// </summary>
    public readonly bool IsTail(ReadOnlySpan<byte> page, out ulong head)
    {
        ulong value = _compoundHead == NoOffset ? 0 : Long(page, _compoundHead);
        head = value & ~Tail;
        return (value & Tail) != 0;
    }

    /// <summary>
    /// Tells the kind of a page by its page struct and the one behind it, which may be empty. The kind holds for
    /// 2^<paramref name="order"/> pages from there.
    /// </summary>
    public readonly PageKind Judge(ReadOnlySpan<byte> page, ReadOnlySpan<byte> next, ulong pfn, out int order)
    {
        order = 0;
        ulong flags = Long(page, _flags);
        ulong mapping = Long(page, _mapping);
        uint type = _mapCount == NoOffset ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(page[_mapCount..]);
        if (IsTail(page, out _))
        {
            return (flags & _poisoned) != 0 ? PageKind.Poisoned : PageKind.Kernel;
        }
        // Most pages that are kept: nothing tells that they are anything else.
        if ((flags & _telling) == 0 && type == NoType && (mapping & Anonymous) == 0)
        {
            return (flags & _reserved) != 0 ? PageKind.Reserved : PageKind.Kernel;
        }
        bool isSlab = (flags & _slab) != 0 || _slabType.Is(type);
        if (!isSlab && KnowsFree && (_buddy.Is(type) || _unaccepted.Is(type)))
        {
            return JudgeFree(page, type, pfn, out order);
        }
        bool isHuge = false;
        if ((flags & _head) != 0 && next.Length >= Bytes)
        {
            order = CompoundOrder(next, type, pfn, out isHuge);
        }
        bool isAnonymous = !isSlab && (mapping & Anonymous) != 0 && IsPlausible(mapping);
        bool isCache = ((flags & _lru) != 0
            || ((flags & _swapCache) != 0 && (_swapBacked == 0 || (flags & _swapBacked) != 0)))
            && IsPlausible(mapping);
        PageKind kind = isCache && !isAnonymous
            ? ((flags & _hasPrivate) != 0 ? PageKind.PrivateCache : PageKind.Cache)
            : isAnonymous || isHuge ? PageKind.User
            : isSlab ? SlabKind(page, mapping)
            : _offline.Is(type) ? PageKind.Offline
            : PageKind.Kernel;
        return (flags & _poisoned) != 0 ? PageKind.Poisoned : kind;
    }

    // struct slab has its cache where a page has its mapping, since Linux 6.2 where a later page of a compound page has
    // its head.
    private readonly PageKind SlabKind(ReadOnlySpan<byte> page, ulong mapping) =>
        _taskCaches.Has(mapping) || (_compoundHead != NoOffset && _taskCaches.Has(Long(page, _compoundHead)))
            ? PageKind.Tasks
            : PageKind.Slab;

    // Of a page of a process or of the page cache it is a pointer into the kernel's half, to something of eight bytes'
    // alignment, with two flags (PAGE_MAPPING_FLAGS), or nothing.
    private static bool IsPlausible(ulong mapping) => mapping == 0 || ((mapping & 4) == 0 && mapping >> 56 == 0xFF);

    // A free page's order is in its private field; a block lies at a multiple of its size (Linux: mm/page_alloc.c).
    private readonly PageKind JudgeFree(ReadOnlySpan<byte> page, uint type, ulong pfn, out int order)
    {
        ulong value = _buddy.Is(type) ? Long(page, _private) : _freeOrders - 1;
        order = 0;
        if (value >= _freeOrders || (pfn & ((1UL << (int)value) - 1)) != 0)
        {
            return PageKind.Kernel;
        }
        order = (int)value;
        return PageKind.Free;
    }

    private readonly int CompoundOrder(ReadOnlySpan<byte> next, uint type, ulong pfn, out bool isHuge)
    {
        ulong order;
        ulong flags = Long(next, _flags);
        if (_hugeType.IsKnown)
        {
            // Linux 6.9 and later ("mm: turn folio_test_hugetlb into a PageType", d99e3140a4d3).
            order = flags & OrderMask;
            isHuge = _hugeType.Is(type);
        }
        else if (_hugeInFlags != 0)
        {
            order = flags & OrderMask;
            isHuge = (flags & _hugeInFlags) != 0;
        }
        else
        {
            order = _order == NoOffset ? 0UL : next[_order];
            isHuge = _destructor != NoOffset && _hugeDestructor != 0 && next[_destructor] == _hugeDestructor;
        }
        return order <= HighestOrder && (pfn & ((1UL << (int)order) - 1)) == 0 ? (int)order : 0;
    }

    private void FindCompound(scoped in VmcoreInfo info, ulong bytes)
    {
        _hugeInFlags = Flag(in info, "PG_hugetlb"u8);
        _hugeDestructor = info.TryGetConstant("HUGETLB_PAGE_DTOR"u8, out ulong huge) == Status.Ok ? huge : 0;
        _order = Offset(in info, "page.compound_order"u8, bytes, 1);
        _destructor = Offset(in info, "page.compound_dtor"u8, bytes, 1);
        if (_order == NoOffset)
        {
            // Linux 6.3 to 6.5: members of a folio, whose second page they are in.
            _order = SecondPageOffset(in info, "folio._folio_order"u8, bytes);
            _destructor = SecondPageOffset(in info, "folio._folio_dtor"u8, bytes);
        }
    }

    private static int SecondPageOffset(scoped in VmcoreInfo info, ReadOnlySpan<byte> name, ulong bytes) =>
        info.TryGetOffset(name, out ulong offset) == Status.Ok && offset >= bytes && offset < 2 * bytes
            ? (int)(offset - bytes)
            : NoOffset;

    private static int Offset(scoped in VmcoreInfo info, ReadOnlySpan<byte> name, ulong bytes, ulong width) =>
        info.TryGetOffset(name, out ulong offset) == Status.Ok && offset <= bytes - width ? (int)offset : NoOffset;

    private static ulong Flag(scoped in VmcoreInfo info, ReadOnlySpan<byte> name) =>
        info.TryGetConstant(name, out ulong bit) == Status.Ok && bit < 64 ? 1UL << (int)bit : 0;

    private static ulong Long(ReadOnlySpan<byte> page, int offset) =>
        BinaryPrimitives.ReadUInt64LittleEndian(page[offset..]);
}
