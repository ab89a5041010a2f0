namespace CosmosKdump.Tests.Unit.Capture.Filter;

/// <summary>Series of Linux, by the first that tells of page structs in a way of its own.</summary>
public enum CrashedSeries
{
    /// <summary>Order and destructor of a compound page are members of <c>struct page</c>.</summary>
    Linux61,

    /// <summary>They are members of <c>struct folio</c>, up to 6.5 (commit 1c5509be58f6).</summary>
    Linux63,

    /// <summary>
    /// They are in the flags of the second page, up to 6.8 (commits 9c5ccf2db04b, de53c05f2ae3, ebc1baf5c9b4).
    /// </summary>
    Linux66,

    /// <summary>Huge pages are a type (commit d99e3140a4d3), slab too (46df8e73a4a3), and types are numbers (4ffca5a96678).</summary>
    Linux612,
}
