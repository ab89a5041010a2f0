using CosmosKdump.Capture;
using CosmosKdump.Ckdump.Convert;

namespace CosmosKdump.Tests.EndToEnd.Kdump;

/// <summary>The sink port over a file that takes only so many bytes.</summary>
public readonly struct CutSink(FileSink file, ulong capacityBytes) : IDumpSink
{
    /// <inheritdoc/>
    public ulong CapacityBytes => capacityBytes;

    /// <inheritdoc/>
    public bool CanReadBack => true;

    /// <inheritdoc/>
    public ulong PagesLost => 0;

    /// <inheritdoc/>
    public ulong PagesWritten => file.PagesWritten;

    /// <inheritdoc/>
    public Status Begin(in DumpFacts facts) => file.Begin(in facts);

    /// <inheritdoc/>
    public Status Submit(in DumpChunk chunk) =>
        chunk.PositionBytes + chunk.LengthBytes > capacityBytes ? Status.AreaTooSmall : file.Submit(in chunk);

    /// <inheritdoc/>
    public Status Drain() => file.Drain();

    /// <inheritdoc/>
    public Status ReadBack(in DumpChunk chunk) => file.ReadBack(in chunk);

    /// <inheritdoc/>
    public Status Finish(Status outcome, in DumpFacts facts) => file.Finish(outcome, in facts);
}
