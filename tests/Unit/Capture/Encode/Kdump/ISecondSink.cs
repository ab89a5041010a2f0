using CosmosKdump.Capture;

namespace CosmosKdump.Tests.Unit.Capture.Encode.Kdump;

/// <summary>A sink that cannot read back, beside a <see cref="MemorySink"/> that knows what it should hold.</summary>
internal interface ISecondSink
{
    void Use(MemorySink.Medium source);

    Status Begin(in DumpFacts facts);

    Status Submit(in DumpChunk chunk);

    Status Drain();

    Status Finish(Status outcome, in DumpFacts facts);
}
