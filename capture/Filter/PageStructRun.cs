namespace CosmosKdump.Capture.Filter;

/// <summary>Page structs that lie together in physical memory, one behind the other.</summary>
public readonly struct PageStructRun(ulong address, ulong firstPfn, ulong pages)
{
    /// <summary>Physical address of the first page struct.</summary>
    public ulong Address { get; } = address;

    /// <summary>Page number that the first one is of.</summary>
    public ulong FirstPfn { get; } = firstPfn;

    /// <summary>Number of page structs.</summary>
    public ulong Pages { get; } = pages;

    /// <summary>One past the last byte.</summary>
    public ulong EndOf(int structBytes) => Address + (Pages * (ulong)structBytes);
}
