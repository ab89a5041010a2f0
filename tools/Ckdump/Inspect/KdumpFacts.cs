using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Analyzer.Kdump;

namespace CosmosKdump.Ckdump.Inspect;

/// <summary>What <c>ckdump info</c> tells of a kdump-compressed dump.</summary>
/// <param name="Header">Its headers.</param>
/// <param name="Counts">What its bitmaps say.</param>
/// <param name="MissingPages">Pages that an incomplete dump lacks.</param>
internal sealed record KdumpFacts(KdumpHeader Header, BitmapCounts Counts, ulong MissingPages)
{
    // makedumpfile(8), option -d.
    private static readonly string[] Kinds = ["zero", "cache", "private cache", "user", "free"];

    /// <summary>Kinds of pages that the dump level leaves out.</summary>
    public IEnumerable<string> ExcludedKinds => Kinds.Where((_, bit) => (Header.DumpLevel & (1 << bit)) != 0);

    /// <summary>The compressor; each page may be stored without it.</summary>
    public string Compressor => PageDecoder.Name(Header.Flags);

    /// <summary>The header says that the dump was cut short.</summary>
    public bool IsIncomplete => (Header.Flags & KdumpFlags.Incomplete) != 0;

    /// <summary>Page structs of excluded pages are left out.</summary>
    public bool IsVmemmapExcluded => (Header.Flags & KdumpFlags.ExcludedVmemmap) != 0;

    /// <summary>Goes through the bitmaps, and through the descriptors of a dump that is incomplete.</summary>
    public static KdumpFacts Collect(KdumpVmcore vmcore)
    {
        ulong missing = vmcore.IsIncomplete ? (ulong)vmcore.Pages().LongCount(page => page.Descriptor.IsMissing) : 0;
        return new KdumpFacts(vmcore.Header, BitmapCounts.Of(vmcore), missing);
    }
}
