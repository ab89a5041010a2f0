using System;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Ranges;

namespace CosmosKdump.Capture.Filter;

/// <summary>
/// The kinds of all pages, unit by unit, from the range table, the crashed kernel's page structs, and where its image
/// lies. Nothing is kept from one unit to the next: memory of any size needs the same buffers.
/// </summary>
public ref struct PageFilter
{
    // A few pages, or one of so many, may be poisoned before page structs are not believed.
    private const ulong MostPoisoned = 64;
    private const ulong PoisonedShare = 256;

    private readonly FilterBuffers _buffers;
    private readonly RangeTable _ranges;
    private PageScan _scan;
    private readonly UnitSummaries _units;
    private PageStructRuns _runs;
    private KernelImage _image;
    private bool _hasScan;
    // All of the unit is memory.
    private bool _isWhole;
    // What was found before is of another level, and may still be added to.
    private bool _isFoundStale;
    private int _range;
    private ulong _loadedUnit;
    private IdlePageStructs _idle;

    private PageFilter(scoped in FilterBuffers buffers, scoped in RangeTable ranges)
    {
        _buffers = buffers;
        _ranges = ranges;
        _runs = new PageStructRuns(buffers.Runs);
        _units = new UnitSummaries(buffers.Units, Units);
        _loadedUnit = ulong.MaxValue;
    }

    /// <summary>The level that is filtered by; it may be raised at any time.</summary>
    public DumpLevel Level { get; private set; }

    /// <summary>Page structs of excluded pages only are left out as well (makedumpfile's option -e).</summary>
    public bool ExcludesIdlePageStructs { get; private set; }

    /// <summary>What is left out in fact: without page structs, pages of zeros at most.</summary>
    public readonly DumpLevel EffectiveLevel => _hasScan ? Level : new DumpLevel((byte)(Level.Value & DumpLevel.Zero));

    /// <summary>Page structs are understood.</summary>
    public readonly bool HasPageStructs => _hasScan;

    /// <summary>Page structs of bad pages in what was loaded so far.</summary>
    public readonly ulong PoisonedStructs => _scan.PoisonedStructs;

    /// <summary>Why they are not.</summary>
    public Status WhyNot { get; private set; }

    /// <summary>One past the last page number of memory.</summary>
    public readonly ulong EndPfn =>
        _ranges.Count == 0 ? 0 : _ranges.Ranges[_ranges.Count - 1].End / Limits.PageBytes;

    /// <summary>Number of units.</summary>
    public readonly ulong Units => FilterUnit.Count(EndPfn);

    /// <summary>The kinds of the loaded unit's pages, <see cref="FilterUnit.Pages"/> of them.</summary>
    public readonly ReadOnlySpan<PageKind> Kinds => _buffers.Kinds;

    /// <summary>
    /// A filter of a level over the memory of a plan. What the level needs and VMCOREINFO does not tell is not
    /// filtered: <see cref="WhyNot"/>.
    /// </summary>
    public static PageFilter Open<TMemory>(
        scoped ref TMemory memory,
        scoped in FilterBuffers buffers,
        scoped in RangeTable ranges,
        scoped in VmcoreInfo info,
        DumpLevel level,
        bool excludesIdlePageStructs)
        where TMemory : struct, IPhysicalMemory
    {
        var filter = new PageFilter(in buffers, in ranges) { Level = level };
        filter.WhyNot = PageScan.Open(in info, buffers.Block, out filter._scan);
        filter._hasScan = filter.WhyNot == Status.Ok;
        if (filter._hasScan)
        {
            filter._image = filter._scan.FindImage(ref memory, in info);
            filter._hasScan = filter.IsImageKept(ref memory);
            filter._scan.Learn(ref memory, in filter._image);
            filter.WhyNot = filter._hasScan ? Status.Ok : Status.PageStructsAbsurd;
        }
        filter._scan.Level = level;
        filter.FindPageStructs(ref memory);
        filter.ExcludesIdlePageStructs = excludesIdlePageStructs && filter._hasScan;
        filter._loadedUnit = ulong.MaxValue;
        return filter;
    }

    /// <summary>Goes over to a higher level.</summary>
    public void Raise(DumpLevel level)
    {
        Level = level;
        _scan.Level = level;
        Forget();
    }

    private void Forget()
    {
        _loadedUnit = ulong.MaxValue;
        _isFoundStale = true;
    }

    /// <summary>Whether a dump of this level holds a page of the loaded unit.</summary>
    public readonly bool Keeps(int index) => !Level.Excludes(_buffers.Kinds[index]);

    /// <summary>Loads the kinds of a unit; false if no memory lies in it.</summary>
    public bool Load<TMemory>(ref TMemory memory, ulong unit)
        where TMemory : struct, IPhysicalMemory
    {
        if (unit == _loadedUnit)
        {
            return true;
        }
        // A unit's kinds are the same whatever was loaded before.
        _idle.Forget();
        Span<PageKind> kinds = _buffers.Kinds;
        Span<PageKind> found = FoundOf(unit);
        if (!found.IsEmpty && found[0] != PageKind.Hole)
        {
            found.CopyTo(kinds);
            _loadedUnit = unit;
            return true;
        }
        bool hasMemory = MarkMemory(unit, kinds);
        _loadedUnit = hasMemory ? unit : ulong.MaxValue;
        ulong firstPfn = unit * FilterUnit.Pages;
        if (hasMemory && _hasScan)
        {
            _scan.Run(ref memory, firstPfn, kinds, hasHoles: !_isWhole);
            MarkImage(firstPfn, kinds);
            MarkPageStructs(ref memory, firstPfn, kinds);
        }
        MarkLeftOut(firstPfn, hasMemory ? kinds : default);
        if (!found.IsEmpty)
        {
            kinds.CopyTo(found);
        }
        return hasMemory;
    }

    private readonly Span<PageKind> FoundOf(ulong unit) =>
        !_isFoundStale && unit < (ulong)_buffers.Found.Length / FilterUnit.Pages
            ? _buffers.Found.Slice((int)unit * FilterUnit.Pages, FilterUnit.Pages)
            : default;

    /// <summary>Makes a page of the loaded unit <see cref="PageKind.Blank"/>.</summary>
    public readonly void MarkBlank(int index) => _buffers.Kinds[index] = PageKind.Blank;

    /// <summary>
    /// Whether a page is poisoned or offline, also one that lies among excluded pages of another kind. Loads its unit.
    /// </summary>
    public bool IsUntouchable<TMemory>(ref TMemory memory, ulong pfn)
        where TMemory : struct, IPhysicalMemory
    {
        Load(ref memory, pfn / FilterUnit.Pages);
        PageKind kind = _buffers.Kinds[(int)(pfn % FilterUnit.Pages)];
        return kind is PageKind.Poisoned or PageKind.Offline
            || (_hasScan && Level.Excludes(kind) && _scan.IsPoisoned(ref memory, pfn));
    }

    /// <summary>Whether one of these pages is poisoned, by their page structs alone.</summary>
    public bool HasPoisoned<TMemory>(ref TMemory memory, ulong pfn, ulong pages)
        where TMemory : struct, IPhysicalMemory
    {
        bool isPoisoned = false;
        for (ulong i = 0; i < pages && _hasScan && !isPoisoned; i++)
        {
            isPoisoned = _scan.IsPoisoned(ref memory, pfn + i);
        }
        return isPoisoned;
    }

    /// <summary>
    /// Loads only where memory lies in a unit: <see cref="PageKind.Kernel"/> or <see cref="PageKind.Hole"/>; false if
    /// there is none.
    /// </summary>
    public bool LoadMemory(ulong unit)
    {
        _loadedUnit = ulong.MaxValue;
        return MarkMemory(unit, _buffers.Kinds);
    }

    /// <summary>Counts the pages of all units, and keeps what lies where (<see cref="CanSkip"/>).</summary>
    public void Count<TMemory>(ref TMemory memory, scoped ref PageCensus census)
        where TMemory : struct, IPhysicalMemory
    {
        CountUnits(ref memory, ref census);
        if (_hasScan && _scan.PoisonedStructs > Math.Max(MostPoisoned, census.Memory / PoisonedShare))
        {
            // So many bad pages no machine survives: what is bad are the page structs.
            _hasScan = false;
            WhyNot = Status.PageStructsAbsurd;
            ExcludesIdlePageStructs = false;
            Forget();
            CountUnits(ref memory, ref census);
        }
    }

    private void CountUnits<TMemory>(ref TMemory memory, scoped ref PageCensus census)
        where TMemory : struct, IPhysicalMemory
    {
        census.Clear();
        _units.Clear();
        _scan.PoisonedStructs = 0;
        ulong units = Units;
        for (ulong unit = 0; unit < units; unit++)
        {
            if (Load(ref memory, unit))
            {
                ulong before = census.Kept(Level);
                uint kinds = census.Add(_buffers.Kinds);
                _units.Add(unit, (uint)(census.Kept(Level) - before), kinds);
            }
        }
    }

    /// <summary>
    /// Whether a unit can be passed over because neither it nor its neighbours hold a page of these kinds: then
    /// <paramref name="units"/> is the number of units from it on, and <paramref name="keptPages"/> what a dump holds of
    /// them. As of the last <see cref="Count"/>.
    /// </summary>
    public readonly bool CanSkip(ulong unit, uint kinds, out ulong units, out uint keptPages)
    {
        UnitSummary summary = _units.Of(unit);
        units = _units.UnitsEach;
        keptPages = summary.KeptPages;
        return unit % units == 0 && (summary.Kinds & kinds) == 0;
    }

    // Kernel for each page of memory, Hole for all others.
    private bool MarkMemory(ulong unit, Span<PageKind> kinds)
    {
        ulong start = unit * FilterUnit.Bytes;
        ulong end = start + FilterUnit.Bytes;
        bool hasMemory = false;
        ReadOnlySpan<PhysicalRange> ranges = _ranges.Ranges;
        // Units are mostly asked for in ascending order: the range table is walked along.
        if (_range >= ranges.Length || (_range > 0 && ranges[_range - 1].End > start))
        {
            _range = 0;
        }
        while (_range < ranges.Length && ranges[_range].End <= start)
        {
            _range++;
        }
        _isWhole = _range < ranges.Length && ranges[_range].Start <= start && ranges[_range].End >= end;
        kinds.Fill(_isWhole ? PageKind.Kernel : PageKind.Hole);
        if (_isWhole)
        {
            return true;
        }
        for (int i = _range; i < ranges.Length && ranges[i].Start < end; i++)
        {
            int first = (int)((Math.Max(ranges[i].Start, start) - start) / Limits.PageBytes);
            int last = (int)((Math.Min(ranges[i].End, end) - start) / Limits.PageBytes);
            kinds[first..last].Fill(PageKind.Kernel);
            hasMemory |= last > first;
        }
        return hasMemory;
    }

    private readonly void MarkLeftOut(ulong firstPfn, Span<PageKind> kinds)
    {
        ReadOnlySpan<ulong> leftOut = _buffers.LeftOut;
        for (int i = 0; i < kinds.Length && (firstPfn + (ulong)i) / 64 < (ulong)leftOut.Length; i++)
        {
            ulong pfn = firstPfn + (ulong)i;
            if ((leftOut[(int)(pfn / 64)] >> (int)(pfn % 64) & 1) != 0 && !Level.Excludes(kinds[i]))
            {
                kinds[i] = PageKind.Blank;
            }
        }
    }

    private readonly void MarkImage(ulong firstPfn, Span<PageKind> kinds)
    {
        MarkPart(firstPfn, _image.Text, PageKind.Text, kinds);
        MarkPart(firstPfn, _image.Symbols, PageKind.DebugTables, kinds);
        MarkPart(firstPfn, _image.Types, PageKind.DebugTables, kinds);
        MarkPart(firstPfn, _image.Unwinding, PageKind.DebugTables, kinds);
        MarkPart(firstPfn, _image.SetOnce, PageKind.Image, kinds);
        MarkPart(firstPfn, _image.Banner, PageKind.Image, kinds);
        MarkPart(firstPfn, _image.Constants, PageKind.Constants, kinds);
        MarkPart(firstPfn, _image.All, PageKind.Image, kinds);
    }

    private static void MarkPart(ulong firstPfn, PhysicalRange range, PageKind kind, Span<PageKind> kinds)
    {
        Part(firstPfn, range.Start / Limits.PageBytes, range.End / Limits.PageBytes, out int first, out int last);
        for (int i = first; i < last; i++)
        {
            if (kinds[i] is PageKind.Kernel or PageKind.Reserved)
            {
                kinds[i] = kind;
            }
        }
    }

    private void MarkPageStructs<TMemory>(ref TMemory memory, ulong firstPfn, Span<PageKind> kinds)
        where TMemory : struct, IPhysicalMemory
    {
        int bytes = _scan.StructBytes;
        for (int run = 0; run < _runs.Count; run++)
        {
            PageStructRun structs = _runs.Runs[run];
            Part(
                firstPfn,
                (structs.Address + Limits.PageBytes - 1) / Limits.PageBytes,
                structs.EndOf(bytes) / Limits.PageBytes,
                out int first,
                out int last);
            for (int i = first; i < last; i++)
            {
                if (kinds[i] is PageKind.Kernel or PageKind.Reserved)
                {
                    kinds[i] = ExcludesIdlePageStructs && _idle.Are(ref memory, ref _scan, Level, in structs, firstPfn + (ulong)i)
                        ? PageKind.IdlePageStructs
                        : PageKind.PageStructs;
                }
            }
        }
    }

    private void FindPageStructs<TMemory>(ref TMemory memory)
        where TMemory : struct, IPhysicalMemory
    {
        if (!_hasScan)
        {
            return;
        }
        int bytes = _scan.StructBytes;
        ReadOnlySpan<PhysicalRange> ranges = _ranges.Ranges;
        for (int i = 0; i < ranges.Length; i++)
        {
            ulong pfn = ranges[i].Start / Limits.PageBytes;
            ulong end = ranges[i].End / Limits.PageBytes;
            while (pfn < end)
            {
                Status status = _scan.Locate(ref memory, pfn, out ulong address, out ulong pages);
                if (status != Status.Ok || pages == 0)
                {
                    // Nothing there: on with the next unit.
                    pfn = (pfn / FilterUnit.Pages * FilterUnit.Pages) + FilterUnit.Pages;
                    continue;
                }
                pages = Math.Min(pages, end - pfn);
                _runs.Add(new PageStructRun(address, pfn, pages), bytes);
                pfn += pages;
            }
        }
    }

    // Page structs that call the kernel's own text free, or a process's, cannot be believed in anything.
    private bool IsImageKept<TMemory>(ref TMemory memory)
        where TMemory : struct, IPhysicalMemory
    {
        ulong first = _image.All.Start / Limits.PageBytes;
        ulong end = Math.Min(_image.All.End / Limits.PageBytes, first + PageScan.TextPages);
        int poisoned = 0;
        for (ulong pfn = first; pfn < end; pfn++)
        {
            PageKind kind = _scan.KindOf(ref memory, pfn, out _);
            poisoned += kind == PageKind.Poisoned ? 1 : 0;
            if (poisoned > 1 || kind is not (PageKind.Kernel or PageKind.Unknown or PageKind.Poisoned))
            {
                return false;
            }
        }
        return true;
    }

    private static void Part(ulong firstPfn, ulong startPfn, ulong endPfn, out int first, out int last)
    {
        ulong unitEnd = firstPfn + FilterUnit.Pages;
        ulong start = Math.Min(Math.Max(startPfn, firstPfn), unitEnd);
        ulong end = Math.Min(Math.Max(endPfn, start), unitEnd);
        first = (int)(start - firstPfn);
        last = (int)(end - firstPfn);
    }
}
