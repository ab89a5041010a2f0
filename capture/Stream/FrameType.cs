namespace CosmosKdump.Capture.Stream;

/// <summary>Kinds of frames (values never change). Layout: <c>docs/serial-protocol.md</c>.</summary>
public enum FrameType : byte
{
    /// <summary>Not a frame.</summary>
    None = 0,
    /// <summary>Sender: a dump begins.</summary>
    Begin = 1,
    /// <summary>Sender: one page.</summary>
    Page = 2,
    /// <summary>Sender: a run of pages that repeat the same eight bytes, or zeros.</summary>
    Fill = 3,
    /// <summary>Sender: asks whether a window of the dump arrived.</summary>
    Checkpoint = 4,
    /// <summary>Sender: the dump ends.</summary>
    End = 5,
    /// <summary>Sender: has heard the answer to <see cref="End"/>.</summary>
    Bye = 6,
    /// <summary>Sender: bytes within a page.</summary>
    Piece = 7,
    /// <summary>Sender, over a connection: bytes of any number, which follow the frame.</summary>
    Run = 8,
    /// <summary>Receiver: everything asked about is there.</summary>
    Confirm = 0x81,
    /// <summary>Receiver: names what is missing.</summary>
    Repeat = 0x82,
}
