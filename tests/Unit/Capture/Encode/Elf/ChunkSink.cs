using System;
using System.Collections.Generic;
using CosmosKdump.Capture;
using CosmosKdump.Tests.Unit.Capture.Filter;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Encode.Elf;

/// <summary>The sink port over a list of chunks: those of memory are kept as they are, those of the staging buffer read.</summary>
internal readonly struct ChunkSink(ChunkSink.Medium medium) : IDumpSink
{
    public ulong PagesLost => 0;

    public ulong PagesWritten => medium.EndBytes / Limits.PageBytes;

    public ulong CapacityBytes => medium.CapacityBytes;

    public bool CanReadBack => false;

    public Status Begin(in DumpFacts facts) => medium.Begin(in facts);

    public Status Submit(in DumpChunk chunk) => medium.Submit(in chunk);

    public Status Drain() => Status.Ok;

    public Status Finish(Status outcome, in DumpFacts facts) => medium.Finish(outcome, in facts);

    public Status ReadBack(in DumpChunk chunk) => Status.DeviceUnsupported;

    /// <summary>What the sink was given.</summary>
    internal sealed class Medium(SparseMemory memory, byte[] staging, ulong stagingAddress, ulong capacityBytes)
    {
        private readonly List<(DumpChunk Chunk, byte[]? Bytes)> _chunks = [];

        public IReadOnlyList<(DumpChunk Chunk, byte[]? Bytes)> Chunks => _chunks;

        public ulong CapacityBytes => capacityBytes;

        public ulong EndBytes { get; private set; }

        public DumpFacts Facts { get; private set; }

        public Status Outcome { get; private set; }

        public Status Begin(in DumpFacts facts)
        {
            Facts = facts;
            return facts.LengthBytes > capacityBytes ? Status.AreaTooSmall : Status.Ok;
        }

        public Status Submit(in DumpChunk chunk)
        {
            Assert.Equal(EndBytes, chunk.PositionBytes);
            Assert.Equal(0UL, (chunk.Address | chunk.LengthBytes) % Limits.PageBytes);
            Assert.NotEqual(0UL, chunk.LengthBytes);
            EndBytes += chunk.LengthBytes;
            Assert.True(EndBytes <= Facts.LengthBytes, "past what was announced");
            bool isStaging = chunk.Address >= stagingAddress;
            byte[]? bytes = isStaging
                ? staging.AsSpan((int)(chunk.Address - stagingAddress), (int)chunk.LengthBytes).ToArray()
                : null;
            _chunks.Add((chunk, bytes));
            return Status.Ok;
        }

        public Status Finish(Status outcome, in DumpFacts facts)
        {
            Facts = facts;
            Outcome = outcome;
            return outcome;
        }

        /// <summary>Whether any chunk is read from a page of memory.</summary>
        public bool Touches(ulong pfn)
        {
            ulong address = pfn * Limits.PageBytes;
            Assert.True(memory.Read(address, new byte[1]) == Status.Ok, "a page of memory");
            return _chunks.Exists(each => each.Bytes is null
                && address >= each.Chunk.Address && address - each.Chunk.Address < each.Chunk.LengthBytes);
        }
    }
}
