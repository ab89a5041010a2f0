using System;
using System.Collections.Generic;
using CosmosKdump.Capture;
using CosmosKdump.Tests.Unit.Capture.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Encode.Kdump;

/// <summary>
/// The sink port over a byte array. It keeps what it was given until it is drained, and finds out whether a buffer
/// was changed before.
/// </summary>
internal readonly struct MemorySink(MemorySink.Medium medium) : IDumpSink
{
    public ulong PagesLost => 0;

    public ulong PagesWritten => (ulong)medium.Written.Count;

    public ulong CapacityBytes => medium.CapacityBytes;

    public bool CanReadBack => medium.CanReadBack;

    public Status Begin(in DumpFacts facts) => medium.Begin(in facts);

    public Status Submit(in DumpChunk chunk) => medium.Submit(in chunk);

    public Status Drain() => medium.Drain();

    public Status Finish(Status outcome, in DumpFacts facts) => medium.Finish(outcome, in facts);

    public Status ReadBack(in DumpChunk chunk) => medium.ReadBack(in chunk);

    /// <summary>What the sink writes to.</summary>
    internal sealed class Medium(ulong capacityBytes, bool canReadBack, TestBuffers buffers, byte[] staging)
    {
        public const ulong StagingAddress = 0x7000_0000;

        private readonly List<(DumpChunk Chunk, byte[] Bytes)> _pending = [];

        public ulong CapacityBytes => capacityBytes;

        public bool CanReadBack => canReadBack;

        // As a disk that was in use: not blank.
        public byte[] Bytes { get; } = Blank((int)capacityBytes);

        public HashSet<ulong> Written { get; } = [];

        public DumpFacts Facts { get; private set; }

        public Status Outcome { get; private set; }

        public int FailAfter { get; set; } = int.MaxValue;

        public Status Begin(in DumpFacts facts)
        {
            Facts = facts;
            return Status.Ok;
        }

        public Status Submit(in DumpChunk chunk)
        {
            Assert.Equal(0UL, (chunk.PositionBytes | chunk.Address | chunk.LengthBytes) % Limits.PageBytes);
            Assert.NotEqual(0UL, chunk.LengthBytes);
            Assert.True(chunk.PositionBytes + chunk.LengthBytes <= Facts.LengthBytes, "past what was announced");
            if (FailAfter-- == 0)
            {
                return Status.DeviceFailed;
            }
            _pending.Add((chunk, Source(chunk).ToArray()));
            for (ulong done = 0; done < chunk.LengthBytes; done += Limits.PageBytes)
            {
                bool isFirst = Written.Add((chunk.PositionBytes + done) / Limits.PageBytes);
                Assert.True(isFirst || canReadBack, "written twice to a sink that cannot go back");
            }
            return Status.Ok;
        }

        public Status Drain()
        {
            foreach ((DumpChunk chunk, byte[] bytes) in _pending)
            {
                Assert.True(Source(chunk).SequenceEqual(bytes), "a buffer was changed before the sink was drained");
                bytes.CopyTo(Bytes, (long)chunk.PositionBytes);
            }
            _pending.Clear();
            return Status.Ok;
        }

        public Status ReadBack(in DumpChunk chunk)
        {
            Drain();
            Bytes.AsSpan((int)chunk.PositionBytes, (int)chunk.LengthBytes).CopyTo(Source(chunk));
            return Status.Ok;
        }

        public Status Finish(Status outcome, in DumpFacts facts)
        {
            Drain();
            Facts = facts;
            Outcome = outcome;
            return outcome;
        }

        private Span<byte> Source(in DumpChunk chunk)
        {
            (byte[] bytes, ulong start) = chunk.Address switch
            {
                >= TestBuffers.DataAddress => (buffers.Data, TestBuffers.DataAddress),
                >= TestBuffers.TableAddress => (buffers.Table, TestBuffers.TableAddress),
                _ => (staging, StagingAddress),
            };
            return bytes.AsSpan((int)(chunk.Address - start), (int)chunk.LengthBytes);
        }

        private static byte[] Blank(int length)
        {
            byte[] bytes = new byte[length];
            bytes.AsSpan().Fill(0xEE);
            return bytes;
        }
    }
}
