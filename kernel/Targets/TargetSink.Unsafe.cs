using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Targets;

/// <summary>
/// The sink of whatever target it is, for the pipeline, which is thus compiled once and not once for each kind of
/// sink. It is called once for many pages, so that a call through a pointer costs nothing.
/// </summary>
internal readonly unsafe struct TargetSink(
    delegate*<in DumpFacts, Status> begin,
    delegate*<in DumpChunk, Status> submit,
    delegate*<in DumpChunk, Status> readBack,
    delegate*<Status> drain,
    delegate*<Status, in DumpFacts, Status> finish,
    delegate*<SinkNumbers> numbers) : IDumpSink
{
    // All point at methods of SinkOf, which never go.
    private readonly delegate*<in DumpFacts, Status> _begin = begin;
    private readonly delegate*<in DumpChunk, Status> _submit = submit;
    private readonly delegate*<in DumpChunk, Status> _readBack = readBack;
    private readonly delegate*<Status> _drain = drain;
    private readonly delegate*<Status, in DumpFacts, Status> _finish = finish;
    private readonly delegate*<SinkNumbers> _numbers = numbers;

    public ulong PagesLost => _numbers().PagesLost;

    public ulong PagesWritten => _numbers().PagesWritten;

    public ulong CapacityBytes => _numbers().CapacityBytes;

    public bool CanReadBack => _numbers().CanReadBack;

    public Status Begin(in DumpFacts facts) => _begin(in facts);

    public Status Submit(in DumpChunk chunk) => _submit(in chunk);

    public Status ReadBack(in DumpChunk chunk) => _readBack(in chunk);

    public Status Drain() => _drain();

    public Status Finish(Status outcome, in DumpFacts facts) => _finish(outcome, in facts);
}
