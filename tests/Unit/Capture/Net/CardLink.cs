using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Net;

namespace CosmosKdump.Tests.Unit.Capture.Net;

/// <summary>A <see cref="SimulatedCard"/> as a link.</summary>
internal struct CardLink(SimulatedCard card) : INetworkLink
{
    public readonly MacAddress Mac => new(SimulatedCard.Mac);

    public readonly int MtuBytes => card.MtuBytes;

    public readonly bool IsUp => true;

    public readonly bool HasChecksumOffload => card.HasChecksumOffload;

    public readonly int MostSegmentedBytes => card.MostSegmentedBytes;

    public readonly int MostPieces => 8;

    public readonly int FreeFrames => card.FreeFrames;

    public readonly int FramesInFlight => card.FramesInFlight;

    public readonly Span<byte> NextFrame => card.NextFrame;

    public readonly void Send(int headBytes, ReadOnlySpan<LinkPiece> pieces, LinkOffload offload, int segmentBytes) =>
        card.Send(headBytes, pieces, offload, segmentBytes);

    public readonly void Announce() => card.Announce();

    public readonly Status Poll() => card.Poll();

    public readonly int Receive(Span<byte> frame) => card.Receive(frame);
}
