using System;
using System.IO;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode.Flat;
using CosmosKdump.Tests.Unit.Capture.Area;
using CosmosKdump.Tests.Unit.Capture.Encode.Kdump;

namespace CosmosKdump.Tests.Unit.Capture.Encode.Flat;

/// <summary>A flattened stream as the second sink of a <see cref="KdumpRun"/>.</summary>
internal sealed class FlatStream(int bufferPages = 3) : ISecondSink
{
    private readonly TestMemory _memory = new(bufferPages);
    private FlatSink<Channel, MediumMemory> _sink;

    public MemoryStream Output { get; } = new();

    /// <summary>Bytes until the channel takes no more.</summary>
    public long BytesUntilStuck { get; set; } = long.MaxValue;

    public ulong PagesWritten => _sink.PagesWritten;

    public void Use(MemorySink.Medium source) => _sink = new FlatSink<Channel, MediumMemory>(
        new Channel(this), new MediumMemory(source), _memory.Buffer(0, bufferPages));

    public Status Begin(in DumpFacts facts) => _sink.Begin(in facts);

    public Status Submit(in DumpChunk chunk) => _sink.Submit(in chunk);

    public Status Drain() => _sink.Drain();

    public Status Finish(Status outcome, in DumpFacts facts) => _sink.Finish(outcome, in facts);

    internal readonly struct Channel(FlatStream stream) : IByteChannel
    {
        public Status Write(ReadOnlySpan<byte> bytes)
        {
            if (stream.Output.Length + bytes.Length > stream.BytesUntilStuck)
            {
                return Status.ChannelStuck;
            }
            stream.Output.Write(bytes);
            return Status.Ok;
        }

        public int Read(Span<byte> destination) => 0;
    }
}
