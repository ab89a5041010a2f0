namespace CosmosKdump.Analyzer.Files;

/// <summary>What a dump knows of a page of physical memory.</summary>
public enum PageState
{
    /// <summary>The crashed kernel had no memory there.</summary>
    Absent,
    /// <summary>Memory that the filter left out.</summary>
    Excluded,
    /// <summary>Its content is in the dump.</summary>
    Kept,
    /// <summary>Its content should be in the dump, which was cut short.</summary>
    Missing,
}
