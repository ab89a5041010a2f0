using System;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Encode.Elf;

/// <summary>
/// Walks the PT_LOADs of a filtered vmcore: the segments of the elfcorehdr, each cut where many pages in a row are
/// excluded, as makedumpfile's option -E does (makedumpfile.c, write_elf_pages_cyclic). A piece covers the memory up to
/// the next one, and the file holds it up to its last page that is kept. Layout, header and data all use this walk.
/// </summary>
public ref struct PieceCursor
{
    /// <summary>Excluded pages in a row that are left out; fewer are written as they are (makedumpfile: PFN_EXCLUDED).</summary>
    public const ulong ShortestHole = 256;

    private const uint Untouchable = (1U << (int)PageKind.Poisoned) | (1U << (int)PageKind.Offline);
    private const ulong NoUnit = ulong.MaxValue;

    private readonly ulong _shortestHole;
    private readonly uint _excluded;
    private readonly bool _isFiltered;
    private readonly bool _findsZeros;
    private readonly bool _findsUntouchable;
    private ZeroRuns _zeros;
    private SegmentCursor _segments;
    private ulong _next;
    private ulong _end;
    private ulong _unit;
    private bool _isWhole;

    /// <summary>
    /// Begins at the first segment; <paramref name="findsUntouchable"/>: <see cref="HasUntouchable"/> is asked for.
    /// </summary>
    public PieceCursor(
        scoped in CapturePlan plan, scoped in ElfContent content, ulong positionBytes, bool findsUntouchable = false)
    {
        _segments = new SegmentCursor(in plan.Header, 0);
        _shortestHole = content.ShortestHole;
        _isFiltered = content.IsFiltered;
        _findsUntouchable = findsUntouchable;
        _unit = NoUnit;
        EndBytes = positionBytes;
        DumpLevel level = content.Level;
        // A page of a segment is memory, also where the range table was full.
        _excluded = ~(KindSet.Kept(level) | KindSet.Of(PageKind.Hole));
        _findsZeros = (level.Value & DumpLevel.Zero) != 0;
        _zeros = new ZeroRuns(plan.Low, _excluded, _shortestHole, content.Page);
    }

    /// <summary>The program header of the piece.</summary>
    public ProgramHeader Header { get; private set; }

    /// <summary>Physical address at which its first page lies.</summary>
    public ulong Source { get; private set; }

    /// <summary>Number of its first page.</summary>
    public ulong Pfn { get; private set; }

    /// <summary>Its position in the vmcore.</summary>
    public ulong PositionBytes { get; private set; }

    /// <summary>What the file holds of it, bytes, whole pages.</summary>
    public ulong LengthBytes { get; private set; }

    /// <summary>Position behind all pieces so far.</summary>
    public ulong EndBytes { get; private set; }

    /// <summary>What the file holds of it has pages in it that must not be touched.</summary>
    public bool HasUntouchable { get; private set; }

    /// <summary>Goes to the next piece.</summary>
    public bool MoveNext<TMemory>(ref TMemory memory, scoped ref ElfContent content)
        where TMemory : struct, IPhysicalMemory
    {
        HasUntouchable = false;
        PositionBytes = EndBytes;
        if (_next == _end && !NextSegment(ref memory))
        {
            return false;
        }
        ulong first = _next;
        ulong kept = first;
        if (_isWhole)
        {
            kept = _next = _end;
        }
        else
        {
            FindEnd(ref memory, ref content, ref kept);
        }
        LengthBytes = (kept - first) * Limits.PageBytes;
        EndBytes += LengthBytes;
        Source = _segments.Source + (first * Limits.PageBytes);
        Header = _isWhole ? Whole() : Part(first, kept);
        Pfn = Header.PhysicalAddress / Limits.PageBytes;
        return true;
    }

    /// <summary>To be called when the filter was used for something else in between.</summary>
    public void Forget() => _unit = NoUnit;

    private bool NextSegment<TMemory>(ref TMemory memory)
        where TMemory : struct, IPhysicalMemory
    {
        if (!_segments.MoveNext(ref memory))
        {
            return false;
        }
        _next = 0;
        _end = _segments.LengthBytes / Limits.PageBytes;
        _unit = NoUnit;
        // Its pages must be those of memory, and all of it in the file; else it stays as it is.
        ProgramHeader header = _segments.Header;
        const ulong InPage = Limits.PageBytes - 1;
        _isWhole = !_isFiltered || header.Type != ProgramHeader.TypeLoad
            || ((header.Offset ^ header.PhysicalAddress) & InPage) != 0 || header.FileBytes != header.MemoryBytes;
        return true;
    }

    // From _next on: kept is set behind the last page that the file holds, _next to where the next piece begins.
    private void FindEnd<TMemory>(ref TMemory memory, scoped ref ElfContent content, scoped ref ulong kept)
        where TMemory : struct, IPhysicalMemory
    {
        ulong firstPfn = _segments.Header.PhysicalAddress / Limits.PageBytes;
        uint run = 0;
        while (_next < _end)
        {
            int index = (int)((firstPfn + _next) % FilterUnit.Pages);
            int count = (int)Math.Min((ulong)(FilterUnit.Pages - index), _end - _next);
            Load(ref memory, ref content, firstPfn, index, count);
            ReadOnlySpan<PageKind> kinds = content.Filter.Kinds.Slice(index, count);
            for (int i = 0; i < kinds.Length; i++)
            {
                uint kind = KindSet.Of(kinds[i]);
                if ((_excluded & kind) != 0)
                {
                    run |= kind;
                    continue;
                }
                ulong page = _next + (ulong)i;
                if (page != kept)
                {
                    if (page - kept >= _shortestHole)
                    {
                        _next = page;
                        return;
                    }
                    Accept(ref memory, ref content, run, firstPfn + kept, page - kept);
                    run = 0;
                }
                kept = page + 1;
            }
            _next += (ulong)count;
        }
    }

    // A short run of excluded pages is written.
    private void Accept<TMemory>(
        ref TMemory memory, scoped ref ElfContent content, uint kinds, ulong pfn, ulong pages)
        where TMemory : struct, IPhysicalMemory
    {
        if (_findsUntouchable && !HasUntouchable)
        {
            HasUntouchable = (kinds & Untouchable) != 0 || content.Filter.HasPoisoned(ref memory, pfn, pages);
        }
    }

    private void Load<TMemory>(
        ref TMemory memory, scoped ref ElfContent content, ulong firstPfn, int index, int count)
        where TMemory : struct, IPhysicalMemory
    {
        ulong unit = (firstPfn + _next) / FilterUnit.Pages;
        if (unit == _unit)
        {
            return;
        }
        _unit = unit;
        // False: no memory, as far as the range table goes.
        content.Filter.Load(ref memory, unit);
        if (_findsZeros)
        {
            _zeros.Mark(
                ref memory, ref content.Filter, index, index + count, _segments.Source + (_next * Limits.PageBytes));
        }
    }

    private readonly ProgramHeader Whole()
    {
        ProgramHeader header = _segments.Header;
        header.Offset = LengthBytes == 0 ? header.Offset : PositionBytes + (header.Offset - _segments.PositionBytes);
        return header;
    }

    private readonly ProgramHeader Part(ulong first, ulong kept)
    {
        ProgramHeader header = _segments.Header;
        ulong origin = header.PhysicalAddress & ~(Limits.PageBytes - 1UL);
        ulong segmentEnd = header.PhysicalAddress + header.MemoryBytes;
        ulong start = Math.Max(header.PhysicalAddress, origin + (first * Limits.PageBytes));
        header.VirtualAddress += start - header.PhysicalAddress;
        header.PhysicalAddress = start;
        header.MemoryBytes = Math.Min(segmentEnd, origin + (_next * Limits.PageBytes)) - start;
        header.FileBytes = kept == first ? 0 : Math.Min(segmentEnd, origin + (kept * Limits.PageBytes)) - start;
        header.Offset = kept == first ? 0 : PositionBytes + (start & (Limits.PageBytes - 1));
        return header;
    }
}
