namespace CosmosKdump.Capture.Filter;

/// <summary>
/// Finds pages that hold page structs of excluded pages only. A block of free pages is found once, not by each page of its
/// structs.
/// </summary>
public struct IdlePageStructs
{
    // Pages that are known to be excluded.
    private ulong _start;
    private ulong _end;

    /// <summary>Forgets what was found.</summary>
    public void Forget() => _end = 0;

    /// <summary>Whether all pages whose structs lie in this page of a run are excluded by a level.</summary>
    public bool Are<TMemory>(
        ref TMemory memory, scoped ref PageScan scan, DumpLevel level, scoped in PageStructRun run, ulong pfn)
        where TMemory : struct, IPhysicalMemory
    {
        ulong bytes = (ulong)scan.StructBytes;
        ulong offset = (pfn * Limits.PageBytes) - run.Address;
        ulong at = run.FirstPfn + (offset / bytes);
        ulong last = run.FirstPfn + ((offset + Limits.PageBytes - 1) / bytes);
        if (last >= run.FirstPfn + run.Pages)
        {
            return false;
        }
        while (at <= last)
        {
            if (at < _start || at >= _end)
            {
                PageKind kind = scan.KindOf(ref memory, at, out ulong pages);
                if (!level.Excludes(kind))
                {
                    return false;
                }
                _start = at;
                _end = at + pages;
            }
            at = _end;
        }
        return true;
    }
}
