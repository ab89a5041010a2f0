using System;
using CosmosKdump.Capture.Filter;

namespace CosmosKdump.Capture.Encode.Kdump;

/// <summary>
/// Raises the level of a dump step by step when it will not fit. How far pages shrink is estimated by a sample; what
/// the estimate misses costs the pages that are written last.
/// </summary>
public static class LevelChoice
{
    // Pages tried in each unit.
    private const int SamplesPerUnit = PageBatch.MaxPages;
    private const ulong MostUnits = 64;

    /// <summary>The level, the wanted one or higher, at which the dump fits into <paramref name="capacityBytes"/>.</summary>
    public static DumpLevel Run<TMemory, TCompressor>(
        ref TMemory memory,
        ref TCompressor compressor,
        ref PageFilter filter,
        scoped in PageCensus census,
        scoped in CapturePlan plan,
        ulong capacityBytes)
        where TMemory : struct, IPhysicalMemory
        where TCompressor : struct, IPageCompressor
    {
        DumpLevel level = filter.Level;
        if (!filter.HasPageStructs || Longest(in filter, in census, in plan, level) <= capacityBytes)
        {
            return level;
        }
        Span<ulong> pages = stackalloc ulong[PageCensus.Kinds];
        Span<ulong> bytes = stackalloc ulong[PageCensus.Kinds];
        pages.Clear();
        bytes.Clear();
        Sample(ref memory, ref compressor, ref filter, in plan, pages, bytes);
        while (level.Value != DumpLevel.Highest
            && Expected(in filter, in census, in plan, level, pages, bytes) > capacityBytes)
        {
            level = level.Raised();
        }
        return level;
    }

    /// <summary>
    /// Bytes that a page of a kind takes, by a sample: <paramref name="pages"/> of each kind, which took
    /// <paramref name="bytes"/>. What the sample missed, because it lies in a few long runs, is taken for as large as what
    /// no level excludes, and for not compressed where there was nothing of that either.
    /// </summary>
    public static ulong BytesPerPage(PageKind kind, scoped ReadOnlySpan<ulong> pages, scoped ReadOnlySpan<ulong> bytes)
    {
        if (pages[(int)kind] != 0)
        {
            return bytes[(int)kind] / pages[(int)kind];
        }
        var highest = new DumpLevel(DumpLevel.Highest);
        ulong keptPages = 0;
        ulong keptBytes = 0;
        for (int i = (int)PageKind.Kernel; i < PageCensus.Kinds; i++)
        {
            if (!highest.Excludes((PageKind)i))
            {
                keptPages += pages[i];
                keptBytes += bytes[i];
            }
        }
        return keptPages == 0 ? Limits.PageBytes : keptBytes / keptPages;
    }

    private static ulong Longest(
        scoped in PageFilter filter, scoped in PageCensus census, scoped in CapturePlan plan, DumpLevel level) =>
        new KdumpLayout(filter.EndPfn, plan.Notes.LengthBytes, census.Kept(level)).LongestBytes;

    private static ulong Expected(
        scoped in PageFilter filter,
        scoped in PageCensus census,
        scoped in CapturePlan plan,
        DumpLevel level,
        scoped ReadOnlySpan<ulong> pages,
        scoped ReadOnlySpan<ulong> bytes)
    {
        ulong sum = new KdumpLayout(filter.EndPfn, plan.Notes.LengthBytes, census.Kept(level)).DataPositionBytes;
        for (int kind = (int)PageKind.Kernel; kind < PageCensus.Kinds; kind++)
        {
            if (level.Excludes((PageKind)kind))
            {
                continue;
            }
            sum += census.Of((PageKind)kind) * BytesPerPage((PageKind)kind, pages, bytes);
        }
        // An eighth more than the sample says.
        return sum + (sum / 8);
    }

    private static void Sample<TMemory, TCompressor>(
        ref TMemory memory,
        ref TCompressor compressor,
        ref PageFilter filter,
        scoped in CapturePlan plan,
        scoped Span<ulong> pages,
        scoped Span<ulong> bytes)
        where TMemory : struct, IPhysicalMemory
        where TCompressor : struct, IPageCompressor
    {
        Span<ulong> addresses = stackalloc ulong[SamplesPerUnit];
        Span<PageKind> kinds = stackalloc PageKind[SamplesPerUnit];
        ulong units = filter.Units;
        ulong step = Math.Max(1, units / MostUnits);
        for (ulong unit = 0; unit < units; unit += step)
        {
            if (!filter.Load(ref memory, unit))
            {
                continue;
            }
            int count = 0;
            const int Stride = FilterUnit.Pages / SamplesPerUnit;
            for (int i = 0; i < SamplesPerUnit; i++)
            {
                // The first page of each part that may be in a dump of this level or a higher one.
                int at = i * Stride;
                while (at < (i + 1) * Stride && filter.Level.Excludes(filter.Kinds[at]))
                {
                    at++;
                }
                if (at < (i + 1) * Stride)
                {
                    kinds[count] = filter.Kinds[at];
                    addresses[count++] =
                        plan.Low.SourceOfPage((unit * FilterUnit.Bytes) + ((ulong)at * Limits.PageBytes));
                }
            }
            if (count == 0)
            {
                continue;
            }
            compressor.Start(0, addresses[..count], compresses: true);
            CompressedBatch batch = compressor.Finish(0);
            for (int i = 0; i < batch.Pages.Length && i < count; i++)
            {
                pages[(int)kinds[i]]++;
                bytes[(int)kinds[i]] += batch.Pages[i].LengthBytes;
            }
        }
    }
}
