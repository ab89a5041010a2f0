namespace CosmosKdump.Capture.Stream;

/// <summary>What <see cref="FrameDecoder"/> found at the start of its input.</summary>
public enum FrameEvent
{
    /// <summary>The input may be the start of a frame: more bytes are needed. Nothing was consumed.</summary>
    NeedMore,
    /// <summary>Bytes that belong to no frame: console text, or noise.</summary>
    Text,
    /// <summary>A frame, intact.</summary>
    Frame,
    /// <summary>A frame with a wrong checksum: its sync bytes are consumed, the rest is searched again.</summary>
    Damaged,
}
