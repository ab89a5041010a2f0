using CosmosKdump.Capture;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Targets;

/// <summary>The one sink of a kind, which is too large for the stack, and its face for the pipeline.</summary>
internal static unsafe class SinkOf<TSink>
    where TSink : struct, IDumpSink
{
    internal static TSink Sink;

    // Methods of this class, which keep to the field above.
    internal static TargetSink Face => new(&Begin, &Submit, &ReadBack, &Drain, &Finish, &Numbers);

    private static Status Begin(in DumpFacts facts) => Sink.Begin(in facts);

    private static Status Submit(in DumpChunk chunk) => Sink.Submit(in chunk);

    private static Status ReadBack(in DumpChunk chunk) => Sink.ReadBack(in chunk);

    private static Status Drain() => Sink.Drain();

    // A receiver's answer may take as long as its disk does: a whole period of a watchdog is there for it.
    private static Status Finish(Status outcome, in DumpFacts facts)
    {
        CaptureProgress.Made();
        return Sink.Finish(outcome, in facts);
    }

    private static SinkNumbers Numbers() => new()
    {
        PagesLost = Sink.PagesLost,
        PagesWritten = Sink.PagesWritten,
        CapacityBytes = Sink.CapacityBytes,
        CanReadBack = Sink.CanReadBack,
    };
}
