namespace CosmosKdump.Capture.Filter;

/// <summary>
/// Memory is filtered unit by unit. A unit is as many pages as one block of a kdump bitmap has bits, and larger than
/// any block of free pages.
/// </summary>
public static class FilterUnit
{
    /// <summary>Pages of a unit: 128 MiB.</summary>
    public const int Pages = Limits.PageBytes * 8;

    /// <summary>Bytes of a unit.</summary>
    public const ulong Bytes = (ulong)Pages * Limits.PageBytes;

    /// <summary>Number of units up to a page number.</summary>
    public static ulong Count(ulong endPfn) => (endPfn + Pages - 1) / Pages;
}
