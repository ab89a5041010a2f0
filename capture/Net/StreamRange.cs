namespace CosmosKdump.Capture.Net;

/// <summary>A half-open range of positions in a stream of bytes.</summary>
public struct StreamRange
{
    /// <summary>Position of the first byte.</summary>
    public ulong Start;

    /// <summary>One past the last.</summary>
    public ulong End;
}
