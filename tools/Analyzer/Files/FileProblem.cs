namespace CosmosKdump.Analyzer.Files;

/// <summary>What is wrong with a file, and where: an error as a value, one line of text.</summary>
/// <param name="What">What is wrong, lower case, without a full stop.</param>
/// <param name="OffsetBytes">Offset in the file at which it was found, if it has one.</param>
/// <param name="Advice">What to do about it, if that is known.</param>
public sealed record FileProblem(string What, long? OffsetBytes = null, string? Advice = null)
{
    /// <summary>The same problem with its offset in a dump turned into the one in the file.</summary>
    public FileProblem In(IDumpBytes bytes) =>
        OffsetBytes is long offset ? this with { OffsetBytes = bytes.PlaceOf(offset) } : this;

    /// <summary>The line without the file's name.</summary>
    public override string ToString()
    {
        string at = OffsetBytes is long offset ? $"at offset {offset} (0x{offset:x}): " : "";
        return at + What + (Advice is null ? "" : "; " + Advice);
    }
}
