namespace CosmosKdump.Kernel.Drivers.Virtio;

/// <summary>Where things lie in the network driver's DMA memory.</summary>
internal static class VirtioNetLayout
{
    /// <summary>Most descriptors of a queue.</summary>
    public const int MaxQueue = 256;

    /// <summary>Fewest descriptors of a queue.</summary>
    public const int LeastQueue = 16;

    /// <summary>Bytes of a queue of <see cref="MaxQueue"/>: 4096, 518, and from the next page on 2054.</summary>
    public const int QueueBytes = 12 * 1024;

    /// <summary>The receive queue.</summary>
    public const int ReceiveQueue = 0;

    /// <summary>The transmit queue.</summary>
    public const int TransmitQueue = ReceiveQueue + QueueBytes;

    /// <summary>Frames that can be received before they are looked at.</summary>
    public const int ReceiveFrames = 24;

    /// <summary>Frames in flight at the most.</summary>
    public const int TransmitFrames = 64;

    /// <summary>Frames in flight at the most where they consist of pieces.</summary>
    public const int PieceFrames = 32;

    /// <summary>Descriptors of a frame that consists of pieces: header, head, pieces.</summary>
    public const int PieceChain = 8;

    /// <summary>Bytes of a frame's memory.</summary>
    public const int FrameBytes = 1536;

    /// <summary>Bytes kept for a header (virtio 1.2, 5.1.6).</summary>
    public const int HeaderBytes = 16;

    /// <summary>Memory of received frames.</summary>
    public const int Received = TransmitQueue + QueueBytes;

    /// <summary>Memory of frames that are sent.</summary>
    public const int Sent = Received + (ReceiveFrames * FrameBytes);

    /// <summary>Headers of received frames.</summary>
    public const int ReceivedHeaders = Sent + (TransmitFrames * FrameBytes);

    /// <summary>Headers of frames that are sent.</summary>
    public const int SentHeaders = ReceivedHeaders + (ReceiveFrames * HeaderBytes);

    /// <summary>Length of the whole region, bytes.</summary>
    public const int RegionBytes = SentHeaders + (TransmitFrames * HeaderBytes);
}
