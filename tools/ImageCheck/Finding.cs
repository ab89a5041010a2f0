namespace CosmosKdump.ImageCheck;

/// <summary>One fault of an image.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Address">Virtual address, or null when the fault has none.</param>
/// <param name="Symbol">Symbol and displacement at the address, or null.</param>
/// <param name="Text">What is wrong.</param>
public sealed record Finding(FindingKind Kind, ulong? Address, string? Symbol, string Text)
{
    /// <summary>The finding as one line: kind, address, symbol, text.</summary>
    public override string ToString()
    {
        string place = Address is ulong address ? $" 0x{address:x}" : "";
        string symbol = Symbol is null ? "" : $" ({Symbol})";
        return $"{Kind}{place}{symbol}: {Text}";
    }
}
