namespace CosmosKdump.Capture.Encode;

/// <summary>Takes a dump and keeps nothing of it: for what is computed while a dump is written.</summary>
public readonly struct NullSink : IDumpSink
{
    /// <inheritdoc/>
    public ulong PagesLost => 0;

    /// <inheritdoc/>
    public ulong PagesWritten => 0;

    /// <inheritdoc/>
    public Status Begin(in DumpFacts facts) => Status.Ok;

    /// <inheritdoc/>
    public Status Submit(in DumpChunk chunk) => Status.Ok;

    /// <inheritdoc/>
    public Status Drain() => Status.Ok;

    /// <inheritdoc/>
    public Status Finish(Status outcome, in DumpFacts facts) => Status.Ok;

    /// <inheritdoc/>
    public ulong CapacityBytes => ulong.MaxValue;

    /// <inheritdoc/>
    public bool CanReadBack => false;

    /// <inheritdoc/>
    public Status ReadBack(in DumpChunk chunk) => Status.DeviceUnsupported;
}
