using System;

namespace CosmosKdump.Kernel.Machine;

/// <summary>
/// Our own page tables (Intel SDM vol. 3, chapter 5), with 4 or 5 levels as the old kernel left them.
/// The lower half maps physical memory one to one, read-only and on demand: a page fault fills in the entry, from a
/// fixed pool that is recycled when it runs out, so any amount of memory can be reached. Only our image is writable,
/// page by page with the protection of its sections; page 0 and the stack guards stay unmapped. The topmost slot of
/// the upper half holds device registers, uncached, and a window for memory that the lower half cannot reach.
/// </summary>
internal static unsafe class PageTables
{
    internal const ulong DeviceBase = 0xFFFFFF8000000000;
    internal const int DevicePages = 1024;

    private const ulong Present = 1;
    private const ulong Writable = 2;
    private const ulong Uncached = 0x18;
    private const ulong Large = 0x80;
    private const ulong AddressMask = 0x000FFFFFFFFFF000;

    private static ulong _root;
    private static ulong _noExecute;
    private static ulong _lowerHalfEnd;
    private static int _levels;
    private static int _used;
    private static int _fixed;
    private static bool _giant;
    private static TableLevels _tableLevel;

    /// <summary>Levels of the tables, 4 or 5.</summary>
    internal static int Levels => _levels;

    /// <summary>One past the last physical address that the lower half reaches.</summary>
    internal static ulong LowerHalfEnd => _lowerHalfEnd;

    /// <summary>One past the highest address of the CPU's physical address width.</summary>
    internal static ulong PhysicalEnd { get; private set; }

    /// <summary>Builds the tables and switches to them.</summary>
    internal static void Install()
    {
        _levels = (Cpu.ReadCr4() & 0x1000) != 0 ? 5 : 4;
        _giant = Cpu.HasGiantPages;
        ulong reach = 1UL << (_levels == 5 ? 52 : 47);
        PhysicalEnd = 1UL << Cpu.PhysicalAddressBits;
        _lowerHalfEnd = Math.Min(PhysicalEnd, reach);
        if (Cpu.HasNoExecute)
        {
            _noExecute = 1UL << 63;
            Cpu.WriteMsr(Cpu.MsrEfer, Cpu.ReadMsr(Cpu.MsrEfer) | 0x800);
        }
        _used = 0;
        _root = Allocate(_levels);

        // The first 2 MiB page by page, so that address 0 can stay unmapped; at once, as low memory is read anyway.
        ulong low = TableFor(0, 1);
        for (ulong page = 4096; page < 0x200000; page += 4096)
        {
            *Entry(low, page, 1) = page | Present | _noExecute;
        }
        for (ulong page = Image.Start(); page < Image.End(); page += 4096)
        {
            *Entry(TableFor(page, 1), page, 1) = Image.IsGuard(page) ? 0 : page | ImageFlags(page);
        }
        for (ulong i = 0; i < DevicePages; i += 512)
        {
            _ = TableFor(DeviceBase + (i * 4096), 1);
        }
        _fixed = _used;
        Cpu.WriteCr3(_root);
    }

    /// <summary>Maps a page of the lower half read-only; false if there is nothing that may be mapped.</summary>
    internal static bool TryMapOnDemand(ulong address)
    {
        if (address < 4096 || address >= _lowerHalfEnd || Image.Contains(address))
        {
            return false;
        }
        ulong table = _root;
        for (int level = _levels; ; level--)
        {
            ulong* entry = Entry(table, address, level);
            if ((*entry & Present) == 0)
            {
                if (level == 1 || level == 2 || (level == 3 && _giant))
                {
                    ulong size = 1UL << (12 + ((level - 1) * 9));
                    *entry = (address & ~(size - 1)) | Present | _noExecute | (level == 1 ? 0 : Large);
                    return true;
                }
                if (_used == StaticMemory.PageTablePages)
                {
                    Recycle();
                    return TryMapOnDemand(address);
                }
                *entry = Allocate(level - 1) | Present | Writable;
            }
            else if (level == 1 || (*entry & Large) != 0)
            {
                return false;
            }
            table = *entry & AddressMask;
        }
    }

    /// <summary>Maps one page of the device area.</summary>
    internal static void MapDevicePage(int index, ulong physical, bool writable, bool uncached)
    {
        ulong address = DeviceBase + ((ulong)index * 4096);
        *Entry(TableFor(address, 1), address, 1) = (physical & AddressMask) | Present | _noExecute
            | (writable ? Writable : 0) | (uncached ? Uncached : 0);
        Cpu.InvalidatePage(address);
    }

    /// <summary>Physical address of the root table.</summary>
    internal static ulong Root => _root;

    /// <summary>Lets a page of low memory, which is mapped one to one, be executed, or no longer.</summary>
    internal static void SetLowExecutable(ulong page, bool executable)
    {
        *Entry(TableFor(page, 1), page, 1) = page | Present | (executable ? 0 : _noExecute);
        Cpu.InvalidatePage(page);
    }

    /// <summary>Lets a page of low memory, which is mapped one to one, be written, or no longer.</summary>
    internal static void SetLowWritable(ulong page, bool writable)
    {
        *Entry(TableFor(page, 1), page, 1) = page | Present | _noExecute | (writable ? Writable : 0);
        Cpu.InvalidatePage(page);
    }

    /// <summary>
    /// Called before (true) and after (false) tables change their use: between the two no other CPU may read memory.
    /// </summary>
    internal static delegate*<bool, void> HoldOthers { get; set; }

    private static ulong ImageFlags(ulong page)
    {
        if (page < Image.TextEnd())
        {
            return Present;
        }
        return page < Image.ReadOnlyDataEnd() ? Present | _noExecute : Present | Writable | _noExecute;
    }

    /// <summary>Drops what was mapped on demand by tables of the pool; the fixed tables stay as they are.</summary>
    private static void Recycle()
    {
        // A plain function of the layer that gives the other CPUs work.
        if (HoldOthers != null)
        {
            HoldOthers(true);
        }
        ulong pool = StaticMemory.PageTables.Address;
        ulong firstDemand = pool + ((ulong)_fixed * 4096);
        for (int page = 0; page < _fixed; page++)
        {
            if (_tableLevel[page] == 1)
            {
                continue;
            }
            ulong* entries = (ulong*)(pool + ((ulong)page * 4096));
            for (int i = 0; i < 512; i++)
            {
                ulong target = entries[i] & AddressMask;
                if ((entries[i] & (Present | Large)) == Present && target >= firstDemand
                    && target < pool + (StaticMemory.PageTablePages * 4096))
                {
                    entries[i] = 0;
                }
            }
        }
        _used = _fixed;
        Cpu.WriteCr3(_root);
        if (HoldOthers != null)
        {
            HoldOthers(false);
        }
    }

    /// <summary>The table of a level that covers an address; missing ones are made.</summary>
    private static ulong TableFor(ulong address, int wanted)
    {
        ulong table = _root;
        for (int level = _levels; level > wanted; level--)
        {
            ulong* entry = Entry(table, address, level);
            if ((*entry & Present) == 0)
            {
                *entry = Allocate(level - 1) | Present | Writable;
            }
            table = *entry & AddressMask;
        }
        return table;
    }

    // A table is a page of the pool, and the index is 9 bits.
    private static ulong* Entry(ulong table, ulong address, int level) =>
        (ulong*)table + (int)((address >> (12 + ((level - 1) * 9))) & 0x1FF);

    private static ulong Allocate(int level)
    {
        if (_used == StaticMemory.PageTablePages)
        {
            ThrowHelper.IndexOutOfRange();
        }
        DmaRegion page = StaticMemory.PageTables.Slice(_used * 4096, 4096);
        page.Bytes(0, 4096).Clear();
        _tableLevel[_used] = (byte)level;
        _used++;
        return page.Address;
    }

    [System.Runtime.CompilerServices.InlineArray(StaticMemory.PageTablePages)]
    private struct TableLevels
    {
        private byte _first;
    }
}
