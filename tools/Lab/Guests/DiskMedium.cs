namespace CosmosKdump.Lab.Guests;

/// <summary>What lies behind a guest's disk.</summary>
public enum DiskMedium
{
    /// <summary>A raw image file with holes.</summary>
    Sparse,

    /// <summary>A raw image file whose every byte was written before: what a bench needs.</summary>
    Written,

    /// <summary>QEMU's null-co: writes cost nothing and are forgotten.</summary>
    Null,

    /// <summary>
    /// Reads come from a raw image file with holes, which can carry a dump area's label; writes go to null-co.
    /// </summary>
    NullWithLabel,
}
