using CosmosKdump.Capture;

namespace CosmosKdump.Tests.Unit.Capture.Fakes;

/// <summary>A sink that records, checks what it is promised, and fails as its record says.</summary>
internal readonly struct FaultySink(DumpRecord record) : IDumpSink
{
    public ulong PagesLost => record.Lost;

    public ulong PagesWritten => (record.Bytes / Limits.PageBytes) - record.Lost;

    public Status Begin(in DumpFacts facts) => record.Begin(in facts);

    public Status Submit(in DumpChunk chunk) => record.Submit(in chunk);

    public Status Drain() => record.Drain();

    public Status Finish(Status outcome, in DumpFacts facts) => record.Finish(outcome, in facts);

    public ulong CapacityBytes => record.RoomBytes;

    public bool CanReadBack => false;

    public Status ReadBack(in DumpChunk chunk) => Status.DeviceUnsupported;
}
