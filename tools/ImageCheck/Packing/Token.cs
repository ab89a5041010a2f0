namespace CosmosKdump.ImageCheck.Packing;

/// <summary>A step of the decoder: one byte as it is, or a copy of earlier output.</summary>
/// <param name="Length">Bytes that it makes; 1 for a byte as it is, from <see cref="LeastMatch"/> for a copy.</param>
/// <param name="Offset">How far back the copy begins; 0 for a byte as it is.</param>
public readonly record struct Token(int Length, int Offset)
{
    /// <summary>Shortest copy.</summary>
    public const int LeastMatch = 2;

    /// <summary>It is a copy.</summary>
    public bool IsMatch => Offset != 0;
}
