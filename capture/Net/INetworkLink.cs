using System;

namespace CosmosKdump.Capture.Net;

/// <summary>
/// A network card: Ethernet frames in and out, polled, many in flight. It knows nothing of addresses above its own.
/// A frame that is sent begins in memory of the link's (<see cref="NextFrame"/>), where the sender writes its headers,
/// and goes on, where the card can checksum, in pieces of any memory, which the card reads by DMA. Frames may be lost,
/// doubled or reordered on their way without anybody saying so; what the port does promise is that a frame's
/// memory is not read any more once it is not among <see cref="FramesInFlight"/>.
/// </summary>
public interface INetworkLink
{
    /// <summary>The card's own address.</summary>
    MacAddress Mac { get; }

    /// <summary>
    /// Longest IP packet, bytes: 1500, or less if the card says so. More is never used. A frame is
    /// <see cref="EthernetFrame.HeaderBytes"/> longer, without its FCS, which the card makes.
    /// </summary>
    int MtuBytes { get; }

    /// <summary>There is a carrier now; true where the card cannot tell.</summary>
    bool IsUp { get; }

    /// <summary>
    /// The card takes <see cref="LinkOffload.TcpChecksum"/>, and thus pieces. Without it, frames are sent whole from
    /// <see cref="NextFrame"/>.
    /// </summary>
    bool HasChecksumOffload { get; }

    /// <summary>
    /// Largest TCP payload of one frame that is sent with <see cref="LinkOffload.TcpSegmentation"/>, bytes, so that the
    /// IP packet stays below 65536; 0 if the card does not segment. Only with <see cref="HasChecksumOffload"/>.
    /// </summary>
    int MostSegmentedBytes { get; }

    /// <summary>Most pieces of a frame, at least 1; without meaning if there is no checksum offload.</summary>
    int MostPieces { get; }

    /// <summary>
    /// Frames, each of <see cref="MostPieces"/>, that can be sent before the next <see cref="Poll"/>. Sending takes one
    /// at the most for each frame; polling gives back.
    /// </summary>
    int FreeFrames { get; }

    /// <summary>Frames sent whose memory the card may still read, as of the last <see cref="Poll"/>.</summary>
    int FramesInFlight { get; }

    /// <summary>
    /// Memory for the start of the next frame, which the link owns and the card can reach: at least
    /// <see cref="EthernetFrame.HeaderBytes"/> + <see cref="MtuBytes"/> bytes, from the destination address on, of any
    /// content. Valid while <see cref="FreeFrames"/> is not 0, until <see cref="Send"/>.
    /// </summary>
    Span<byte> NextFrame { get; }

    /// <summary>
    /// Queues a frame: the first <paramref name="headBytes"/> of <see cref="NextFrame"/>, then the pieces, of which there
    /// are none without offload. Returns at once; the card need not hear of it before <see cref="Announce"/>.
    /// The sender pads short frames, and makes the IPv4 header checksum of every frame that it sends, for the length
    /// that the frame has. With an offload the frame is Ethernet, an IPv4 header of 20 bytes, a TCP header that ends at
    /// <paramref name="headBytes"/>, and payload in the pieces; its TCP checksum field holds the sum (folded to 16 bits,
    /// not complemented) of the pseudo-header with the TCP length of the whole frame. A link whose card wants
    /// other starting values writes them into the frame's memory.
    /// </summary>
    /// <param name="headBytes">Bytes of <see cref="NextFrame"/> that belong to the frame.</param>
    /// <param name="pieces">What follows; valid during the call only.</param>
    /// <param name="offload">What the card does.</param>
    /// <param name="segmentBytes">
    /// Payload of each segment but the last, for <see cref="LinkOffload.TcpSegmentation"/>; the payload is longer than
    /// this, and at most <see cref="MostSegmentedBytes"/>. The card counts up sequence number and IP identification, and
    /// sets FIN and PSH in the last segment only.
    /// </param>
    void Send(int headBytes, ReadOnlySpan<LinkPiece> pieces, LinkOffload offload, int segmentBytes);

    /// <summary>Tells the card of all frames queued. Cheap when there are none.</summary>
    void Announce();

    /// <summary>
    /// Takes frames back that the card has sent, and looks at the card itself where that costs little.
    /// <see cref="Status.DeviceGone"/> or <see cref="Status.DeviceFailed"/>: it will not work any more. A lost carrier is
    /// no failure.
    /// </summary>
    Status Poll();

    /// <summary>
    /// Copies the next frame that has arrived, without FCS, and returns its length; 0 when there is none. Frames with
    /// errors, and frames that are longer than <paramref name="frame"/>, are dropped on the way. The link accepts its own
    /// address and broadcasts; others may come as well.
    /// </summary>
    int Receive(Span<byte> frame);
}
