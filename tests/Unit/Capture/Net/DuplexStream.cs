using System.IO;

namespace CosmosKdump.Tests.Unit.Capture.Net;

/// <summary>A connection of which one side was recorded; what the other side writes is kept.</summary>
internal sealed class DuplexStream(byte[] input) : MemoryStream(input, writable: true)
{
    public MemoryStream Written { get; } = new();

    public override void Write(byte[] buffer, int offset, int count) => Written.Write(buffer, offset, count);

    public override void Write(System.ReadOnlySpan<byte> buffer) => Written.Write(buffer);
}
