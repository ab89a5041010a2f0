using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Net;
using CosmosKdump.Kernel.Drivers.Net;

namespace CosmosKdump.Kernel.Targets;

/// <summary>The one card of a driver that is in use, and its face for the stack.</summary>
internal static unsafe class LinkOf<TDriver>
    where TDriver : struct, INetworkDriver
{
    internal static TDriver Driver;

    // Methods of this class, which keep to the field above.
    internal static AnyLink Face => new()
    {
        Mac = Driver.Mac,
        MtuBytes = Driver.MtuBytes,
        HasChecksumOffload = Driver.HasChecksumOffload,
        MostSegmentedBytes = Driver.MostSegmentedBytes,
        MostPieces = Driver.MostPieces,
        UpCall = &IsUp,
        RoomCall = &Room,
        NextFrameCall = &NextFrame,
        SendCall = &Send,
        AnnounceCall = &Announce,
        PollCall = &Poll,
        ReceiveCall = &Receive,
    };

    private static bool IsUp() => Driver.IsUp;

    private static LinkRoom Room() =>
        new() { FreeFrames = Driver.FreeFrames, FramesInFlight = Driver.FramesInFlight };

    private static Span<byte> NextFrame() => Driver.NextFrame;

    private static void Send(int headBytes, ReadOnlySpan<LinkPiece> pieces, LinkOffload offload, int segmentBytes) =>
        Driver.Send(headBytes, pieces, offload, segmentBytes);

    private static void Announce() => Driver.Announce();

    private static Status Poll()
    {
        NetworkTarget.LookAtProgress();
        return Driver.Poll();
    }

    private static int Receive(Span<byte> frame) => Driver.Receive(frame);
}
