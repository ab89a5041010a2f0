namespace CosmosKdump.Capture.Area;

/// <summary>Kind of partition table (stored in extent maps: values never change).</summary>
public enum TableKind : uint
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>Master boot record.</summary>
    Mbr = 1,
    /// <summary>GUID partition table.</summary>
    Gpt = 2,
}
