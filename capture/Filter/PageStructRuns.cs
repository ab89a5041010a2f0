using System;

namespace CosmosKdump.Capture.Filter;

/// <summary>
/// Where all page structs lie in physical memory, in a caller's buffer. Those of neighbouring sections mostly lie
/// together, so that a few runs describe a large machine; what finds no room is kernel memory like any other.
/// </summary>
public ref struct PageStructRuns(Span<PageStructRun> storage)
{
    private readonly Span<PageStructRun> _runs = storage;

    /// <summary>Number of runs.</summary>
    public int Count { get; private set; }

    /// <summary>The runs.</summary>
    public readonly ReadOnlySpan<PageStructRun> Runs => _runs[..Count];

    /// <summary>Adds a run; one that continues the last one is joined with it.</summary>
    public void Add(in PageStructRun run, int structBytes)
    {
        if (Count > 0)
        {
            PageStructRun last = _runs[Count - 1];
            if (last.FirstPfn + last.Pages == run.FirstPfn && last.EndOf(structBytes) == run.Address)
            {
                _runs[Count - 1] = new PageStructRun(last.Address, last.FirstPfn, last.Pages + run.Pages);
                return;
            }
        }
        if (Count < _runs.Length)
        {
            _runs[Count++] = run;
        }
    }
}
