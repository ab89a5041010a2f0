using System;
using System.IO;
using CosmosKdump.Capture;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>The channel port over a stream that is only written. Errors are <see cref="IOException"/>s.</summary>
public readonly struct StreamChannel(Stream stream) : IByteChannel
{
    /// <inheritdoc/>
    public Status Write(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        return Status.Ok;
    }

    /// <inheritdoc/>
    public int Read(Span<byte> destination) => 0;
}
