namespace CosmosKdump.Capture.Net;

/// <summary>A piece of the stream that waits for acknowledgment: where it lies in memory.</summary>
public struct SendPiece
{
    /// <summary>Physical address.</summary>
    public ulong Address;

    /// <summary>Length, bytes.</summary>
    public uint LengthBytes;

    /// <summary>Low half of its position in the stream.</summary>
    public uint Position;
}
