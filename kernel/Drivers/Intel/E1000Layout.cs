namespace CosmosKdump.Kernel.Drivers.Intel;

/// <summary>Where things lie in the driver's DMA memory.</summary>
internal static class E1000Layout
{
    /// <summary>Descriptors of the transmit ring; a ring's length is a multiple of 128 bytes.</summary>
    public const int TransmitRing = 256;

    /// <summary>Descriptors of the receive ring, each with a buffer.</summary>
    public const int ReceiveRing = 32;

    /// <summary>Frames in flight at the most.</summary>
    public const int Frames = 32;

    /// <summary>Most pieces of a frame.</summary>
    public const int MostPieces = 8;

    /// <summary>Largest payload that is cut into segments.</summary>
    public const int MostSegmented = 32 * 1024;

    /// <summary>
    /// Most descriptors of a frame: context, head, and pieces, of which each begins one, as does each
    /// <see cref="E1000Descriptor.MostBytes"/> of the payload.
    /// </summary>
    public const int FrameDescriptors = 2 + MostPieces + (MostSegmented / E1000Descriptor.MostBytes);

    /// <summary>Bytes of a received frame's memory (RCTL.BSIZE).</summary>
    public const int ReceivedBytes = 2048;

    /// <summary>Bytes of the start of a frame that is sent.</summary>
    public const int SentBytes = 1536;

    /// <summary>Descriptors that transmit.</summary>
    public const int Transmit = 0;

    /// <summary>Descriptors that receive.</summary>
    public const int Receive = Transmit + (TransmitRing * E1000Descriptor.Bytes);

    /// <summary>For each frame in flight its last descriptor (2 bytes) and their number (2).</summary>
    public const int FrameTable = Receive + (ReceiveRing * E1000Descriptor.Bytes);

    /// <summary>Memory of received frames.</summary>
    public const int Received = FrameTable + (Frames * 4);

    /// <summary>Memory of frames that are sent.</summary>
    public const int Sent = Received + (ReceiveRing * ReceivedBytes);

    /// <summary>Length of the whole region, bytes.</summary>
    public const int RegionBytes = Sent + (Frames * SentBytes);
}
