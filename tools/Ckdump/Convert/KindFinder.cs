using System;
using System.Runtime.InteropServices;
using System.Threading;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Ranges;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>
/// Finds the kinds of pages on other threads, from the end of memory on, while the pipeline finds them from its start: the
/// two meet in <see cref="FilterBuffers.Found"/>.
/// </summary>
public sealed class KindFinder
{
    private readonly PhysicalRange[] _ranges;
    private readonly byte[] _info;
    private readonly ulong[] _leftOut;
    private readonly PageKind[] _found;
    private readonly DumpLevel _level;
    private readonly bool _excludesIdlePageStructs;
    // Units that no thread has taken, from the start of memory on.
    private long _left;

    /// <summary>For the filter of a plan, which uses these buffers.</summary>
    public KindFinder(scoped in CapturePlan plan, HostBuffers buffers)
    {
        _ranges = plan.Ranges.Ranges.ToArray();
        _info = plan.Info.Text.ToArray();
        _level = plan.Kdump.Level;
        _excludesIdlePageStructs = plan.Kdump.ExcludesIdlePageStructs;
        _leftOut = buffers.LeftOut;
        _found = buffers.Found;
        ulong end = _ranges.Length == 0 ? 0 : _ranges[^1].End / Limits.PageBytes;
        _left = (long)Math.Min(FilterUnit.Count(end), (ulong)(_found.Length / FilterUnit.Pages));
    }

    /// <summary>Ends the search on all threads.</summary>
    public void Stop() => Volatile.Write(ref _left, 0);

    /// <summary>Finds them, until all are found; on any number of threads at a time.</summary>
    public void Run(DumpMemory memory)
    {
        var buffers = new FilterBuffers(
            new PageKind[FilterUnit.Pages], new byte[PageScan.BlockBytes], new PageStructRun[FilterBuffers.MaxRuns],
            new ulong[PageCensus.Kinds], new UnitSummary[1]) { LeftOut = _leftOut };
        var table = new RangeTable(new PhysicalRange[_ranges.Length]);
        foreach (PhysicalRange range in _ranges)
        {
            _ = table.Add(in range);
        }
        var info = new VmcoreInfo(_info);
        var filter = PageFilter.Open(ref memory, in buffers, in table, in info, _level, _excludesIdlePageStructs);
        while (filter.HasPageStructs && Interlocked.Decrement(ref _left) is var unit and >= 0)
        {
            Span<PageKind> found = _found.AsSpan((int)unit * FilterUnit.Pages, FilterUnit.Pages);
            ref byte first = ref MemoryMarshal.AsBytes(found)[0];
            if (Volatile.Read(ref first) != (byte)PageKind.Hole)
            {
                // The pipeline has come here.
                return;
            }
            ulong poisoned = filter.PoisonedStructs;
            if (filter.Load(ref memory, (ulong)unit) && filter.PoisonedStructs == poisoned)
            {
                // The first page last: it tells that the others are there. Units with bad pages are left to the pipeline,
                // which counts those, and may not believe in page structs for them.
                filter.Kinds[1..].CopyTo(found[1..]);
                Volatile.Write(ref first, (byte)filter.Kinds[0]);
            }
        }
    }
}
