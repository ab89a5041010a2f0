using System;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Ranges;

namespace CosmosKdump.Capture.Encode.Elf;

/// <summary>
/// Finds pages of zeros that lie in a long run of excluded pages. A page that is kept ends the search for a run over it,
/// so that of memory without such runs only one page in so many is looked at.
/// </summary>
public ref struct ZeroRuns(LowMemory low, uint excludedKinds, ulong shortestPages, Span<byte> page)
{
    // Most pages that are not zeros tell so here.
    private const int FirstBytes = 256;

    private readonly LowMemory _low = low;
    private readonly Span<byte> _page = page[..Limits.PageBytes];
    private ulong _source;

    /// <summary>
    /// Makes <see cref="PageKind.Blank"/> all pages of zeros from <paramref name="first"/> to <paramref name="end"/> of
    /// the filter's unit that are in a run of excluded pages, if it is long or touches either of them.
    /// <paramref name="source"/>: physical address of page <paramref name="first"/>.
    /// </summary>
    public void Mark<TMemory>(ref TMemory memory, scoped ref PageFilter filter, int first, int end, ulong source)
        where TMemory : struct, IPhysicalMemory
    {
        _source = unchecked(source - ((ulong)first * Limits.PageBytes));
        int at = Skip(ref memory, ref filter, first, end);
        while (at < end)
        {
            int last = (int)Math.Min((ulong)at + shortestPages, (ulong)end) - 1;
            int kept = last;
            while (kept >= at && IsExcluded(ref memory, ref filter, kept))
            {
                kept--;
            }
            at = kept >= at ? kept + 1 : Skip(ref memory, ref filter, last + 1, end);
            if (last == end - 1)
            {
                return;
            }
        }
    }

    private int Skip<TMemory>(ref TMemory memory, scoped ref PageFilter filter, int at, int end)
        where TMemory : struct, IPhysicalMemory
    {
        while (at < end && IsExcluded(ref memory, ref filter, at))
        {
            at++;
        }
        return at;
    }

    private bool IsExcluded<TMemory>(ref TMemory memory, scoped ref PageFilter filter, int index)
        where TMemory : struct, IPhysicalMemory
    {
        if (KindSet.Has(excludedKinds, filter.Kinds[index]))
        {
            return true;
        }
        ulong address = _source + ((ulong)index * Limits.PageBytes);
        ulong length = Limits.PageBytes;
        address = _low.Translate(address, ref length);
        if (memory.Read(address, _page[..FirstBytes]) != Status.Ok || !ZeroPage.Is(_page[..FirstBytes])
            || memory.Read(address, _page) != Status.Ok || !ZeroPage.Is(_page))
        {
            return false;
        }
        filter.MarkBlank(index);
        return true;
    }
}
