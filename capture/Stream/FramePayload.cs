namespace CosmosKdump.Capture.Stream;

/// <summary>Sizes of the payloads of frames. Layout: <c>docs/serial-protocol.md</c>.</summary>
public static class FramePayload
{
    /// <summary>Payload of <see cref="FrameType.Begin"/>: crash time, format, dump level, zeros.</summary>
    public const int BeginBytes = 16;

    /// <summary>Payload of <see cref="FrameType.Fill"/> for anything but zeros.</summary>
    public const int FillBytes = 8;

    /// <summary>Payload of <see cref="FrameType.End"/>: digest, pages lost, outcome, zeros.</summary>
    public const int EndBytes = 24;

    /// <summary>Most ranges that one <see cref="FrameType.Repeat"/> names.</summary>
    public const int Ranges = 16;

    /// <summary>Most ranges that one <see cref="FrameType.Checkpoint"/> names.</summary>
    public const int CheckpointRanges = Limits.StreamWindowChunks;

    /// <summary>Bytes of one range: position and length.</summary>
    public const int RangeBytes = 16;

    /// <summary>Longest payload of an answer.</summary>
    public const int AnswerBytes = Ranges * RangeBytes;
}
