namespace CosmosKdump.Analyzer.Checks;

/// <summary>Outcome of one check.</summary>
/// <param name="Name">What was checked, two or three words.</param>
/// <param name="IsOk">Whether it holds.</param>
/// <param name="Detail">What was found.</param>
/// <param name="OffsetBytes">Offset in the file where it fails, if it has one.</param>
public sealed record CheckResult(string Name, bool IsOk, string Detail, long? OffsetBytes = null)
{
    /// <summary>A check that holds.</summary>
    public static CheckResult Ok(string name, string detail) => new(name, true, detail);

    /// <summary>A check that does not.</summary>
    public static CheckResult Failed(string name, string detail, ulong? offsetBytes = null) =>
        new(name, false, detail, offsetBytes is <= long.MaxValue ? (long)offsetBytes.Value : null);
}
