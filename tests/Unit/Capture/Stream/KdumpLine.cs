using System.Collections.Generic;
using System.IO;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Stream;
using CosmosKdump.Ckdump.Receive;
using CosmosKdump.Tests.Unit.Capture.Area;
using CosmosKdump.Tests.Unit.Capture.Encode.Kdump;

namespace CosmosKdump.Tests.Unit.Capture.Stream;

/// <summary>A serial line with a receiver as the second sink of a <see cref="KdumpRun"/>.</summary>
internal sealed class KdumpLine : ISecondSink
{
    private readonly TestMemory _memory = new(2);
    private SerialSink<TestChannel, MediumMemory, TestClock> _sink;

    public KdumpLine(bool isTwoWay = true)
    {
        Receiver = new DumpReceiver(() => Output, isTwoWay ? Line.FromReceiver : null, Text.Add);
        Line.ToReceiver = Receiver.Feed;
    }

    public LineModel Line { get; } = new();

    public DumpReceiver Receiver { get; }

    public MemoryStream Output { get; } = new();

    public List<string> Text { get; } = [];

    public ulong PagesLost => _sink.PagesLost;

    public void Use(MemorySink.Medium source) => _sink = new SerialSink<TestChannel, MediumMemory, TestClock>(
        new TestChannel(Line), new MediumMemory(source), new TestClock(Line), _memory.Buffer(0, 2));

    public Status Begin(in DumpFacts facts) => _sink.Begin(in facts);

    public Status Submit(in DumpChunk chunk) => _sink.Submit(in chunk);

    public Status Drain() => _sink.Drain();

    public Status Finish(Status outcome, in DumpFacts facts) => _sink.Finish(outcome, in facts);
}
