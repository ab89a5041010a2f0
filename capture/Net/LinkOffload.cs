namespace CosmosKdump.Capture.Net;

/// <summary>What the card does to a frame on its way out.</summary>
public enum LinkOffload : byte
{
    /// <summary>Nothing: the frame is complete, with all its checksums.</summary>
    None = 0,
    /// <summary>Finishes the TCP checksum.</summary>
    TcpChecksum = 1,
    /// <summary>Cuts the TCP payload into segments, and makes the headers and checksums of each.</summary>
    TcpSegmentation = 2,
}
