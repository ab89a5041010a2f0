using CosmosKdump.Capture.Filter;

namespace CosmosKdump.Capture.Encode.Kdump;

/// <summary>
/// The order in which pages are written: what a post-mortem needs first comes first, so that a dump that is cut short
/// holds it.
/// </summary>
public static class PagePass
{
    /// <summary>Number of passes.</summary>
    public const int Count = 10;

    /// <summary>The pass that a kind of page belongs to.</summary>
    public static int Of(PageKind kind) => kind switch
    {
        // Data and bss, per-CPU areas and the first page tables: without them a debugger does not even begin. Hash tables
        // and bounce buffers, given out at boot too, are among them: tens of megabytes on a large machine.
        PageKind.Image => 0,
        PageKind.Reserved => 1,
        // All tasks, and then their stacks, with page tables, modules and all that has no kind of its own.
        PageKind.Tasks => 2,
        PageKind.Kernel or PageKind.Unknown => 3,
        // Names and tables of numbers: answers are poorer without them.
        PageKind.Constants => 4,
        // Files and all that they point to.
        PageKind.Slab => 5,
        // Who has no vmlinux needs the tables.
        PageKind.DebugTables or PageKind.PageStructs or PageKind.IdlePageStructs => 6,
        // Who has a vmlinux has the text.
        PageKind.Text => 7,
        PageKind.Free => 9,
        _ => 8,
    };

    /// <summary>The kinds of pages that belong to a pass.</summary>
    public static uint KindsOf(int pass)
    {
        uint set = 0;
        for (int kind = 0; kind < PageCensus.Kinds; kind++)
        {
            set |= Of((PageKind)kind) == pass ? KindSet.Of((PageKind)kind) : 0;
        }
        return set;
    }

    /// <summary>Whether any page of a pass is kept.</summary>
    public static bool IsNeeded(int pass, scoped in PageCensus census, DumpLevel level)
    {
        for (int kind = (int)PageKind.Kernel; kind < PageCensus.Kinds; kind++)
        {
            if (Of((PageKind)kind) == pass && !level.Excludes((PageKind)kind) && census.Of((PageKind)kind) != 0)
            {
                return true;
            }
        }
        return false;
    }
}
