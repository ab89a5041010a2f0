namespace CosmosKdump.Capture.Net;

/// <summary>A part of a frame that the card reads from memory itself.</summary>
public readonly struct LinkPiece(ulong address, int lengthBytes)
{
    /// <summary>Physical address of the first byte, with no alignment.</summary>
    public ulong Address { get; } = address;

    /// <summary>Length, bytes, not zero. The piece is contiguous in physical memory and may cross pages.</summary>
    public int LengthBytes { get; } = lengthBytes;
}
