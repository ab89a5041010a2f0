using System;
using CosmosKdump.Capture;

namespace CosmosKdump.Tests.Unit.Capture.Stream;

/// <summary>A <see cref="LineModel"/> as the sender's channel.</summary>
internal struct TestChannel(LineModel line) : IByteChannel
{
    public readonly Status Write(ReadOnlySpan<byte> bytes) => line.Write(bytes) ? Status.Ok : Status.ChannelStuck;

    public readonly int Read(Span<byte> destination) => line.Read(destination);
}
