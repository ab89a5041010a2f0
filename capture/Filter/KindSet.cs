namespace CosmosKdump.Capture.Filter;

/// <summary>Sets of kinds of pages, a bit each: a loop over pages asks one often.</summary>
public static class KindSet
{
    /// <summary>The set of one kind.</summary>
    public static uint Of(PageKind kind) => 1U << (int)kind;

    /// <summary>The kinds that a dump of a level holds.</summary>
    public static uint Kept(DumpLevel level)
    {
        uint set = 0;
        for (int kind = 0; kind < PageCensus.Kinds; kind++)
        {
            set |= level.Excludes((PageKind)kind) ? 0 : Of((PageKind)kind);
        }
        return set;
    }

    /// <summary>Whether a kind is in a set.</summary>
    public static bool Has(uint set, PageKind kind) => ((set >> (int)kind) & 1) != 0;
}
