using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Net;

namespace CosmosKdump.Kernel.Targets;

/// <summary>
/// The network card of whatever driver it is, for the stack, which is thus compiled once and not once for each driver.
/// Facts that do not change are kept, the rest is called through pointers, a few times for each frame.
/// </summary>
internal unsafe struct AnyLink : INetworkLink
{
    // All point at methods of LinkOf, which never go.
    internal delegate*<bool> UpCall;
    internal delegate*<LinkRoom> RoomCall;
    internal delegate*<Span<byte>> NextFrameCall;
    internal delegate*<int, ReadOnlySpan<LinkPiece>, LinkOffload, int, void> SendCall;
    internal delegate*<void> AnnounceCall;
    internal delegate*<Status> PollCall;
    internal delegate*<Span<byte>, int> ReceiveCall;

    public MacAddress Mac { get; internal set; }

    public int MtuBytes { get; internal set; }

    public bool HasChecksumOffload { get; internal set; }

    public int MostSegmentedBytes { get; internal set; }

    public int MostPieces { get; internal set; }

    public readonly bool IsUp => UpCall();

    public readonly int FreeFrames => RoomCall().FreeFrames;

    public readonly int FramesInFlight => RoomCall().FramesInFlight;

    public readonly Span<byte> NextFrame => NextFrameCall();

    public readonly void Send(int headBytes, ReadOnlySpan<LinkPiece> pieces, LinkOffload offload, int segmentBytes) =>
        SendCall(headBytes, pieces, offload, segmentBytes);

    public readonly void Announce() => AnnounceCall();

    public readonly Status Poll() => PollCall();

    public readonly int Receive(Span<byte> frame) => ReceiveCall(frame);
}
