using System;
using System.Collections.Generic;
using CosmosKdump.Capture;
using CosmosKdump.Ckdump.Receive;
using CosmosKdump.Tests.Unit.Capture.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Encode.Kdump;

/// <summary>
/// The sink port over a byte array. It keeps what it was given until it is drained, and finds out whether a buffer
/// was changed before. With a second sink, which cannot read back, that gets everything too.
/// </summary>
internal readonly struct MemorySink(MemorySink.Medium medium) : IDumpSink
{
    public ulong PagesLost => 0;

    public ulong PagesWritten => medium.PagesWritten;

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
        private readonly RangeSet _written = new();

        public ulong CapacityBytes => capacityBytes;

        public bool CanReadBack => canReadBack;

        // As a disk that was in use: not blank.
        public byte[] Bytes { get; } = Blank((int)capacityBytes);

        public ulong PagesWritten { get; private set; }

        /// <summary>What was not written of the dump.</summary>
        public IEnumerable<(ulong Start, ulong End)> Holes => _written.Missing(0, Facts.LengthBytes);

        /// <summary>What gets everything too; nothing without it.</summary>
        public ISecondSink? Second { get; init; }

        public DumpFacts Facts { get; private set; }

        public Status Outcome { get; private set; }

        public int FailAfter { get; set; } = int.MaxValue;

        /// <summary>Whether reading a position back fails, and how.</summary>
        public Func<ulong, Status> ReadsBack { get; init; } = _ => Status.Ok;

        public Status Begin(in DumpFacts facts)
        {
            Facts = facts;
            return Second?.Begin(in facts) ?? Status.Ok;
        }

        public Status Submit(in DumpChunk chunk)
        {
            ulong end = chunk.PositionBytes + chunk.LengthBytes;
            ulong sum = chunk.PositionBytes | chunk.Address | chunk.LengthBytes;
            Assert.True(!canReadBack || sum % Limits.PageBytes == 0, "no whole pages");
            Assert.NotEqual(0UL, chunk.LengthBytes);
            Assert.True(end <= Facts.LengthBytes, "past what was announced");
            if (FailAfter-- == 0)
            {
                return Status.DeviceFailed;
            }
            _pending.Add((chunk, Source(chunk).ToArray()));
            (ulong, ulong)[] isNew = [.. _written.Missing(chunk.PositionBytes, end)];
            Assert.True(canReadBack || isNew is [(ulong, ulong) all] && all == (chunk.PositionBytes, end),
                "written twice to a sink that cannot go back");
            _written.Add(chunk.PositionBytes, end);
            PagesWritten += chunk.LengthBytes / Limits.PageBytes;
            return Second?.Submit(in chunk) ?? Status.Ok;
        }

        public Status Drain()
        {
            foreach ((DumpChunk chunk, byte[] bytes) in _pending)
            {
                Assert.True(Source(chunk).SequenceEqual(bytes), "a buffer was changed before the sink was drained");
                bytes.CopyTo(Bytes, (long)chunk.PositionBytes);
            }
            _pending.Clear();
            return Second?.Drain() ?? Status.Ok;
        }

        public Status ReadBack(in DumpChunk chunk)
        {
            Drain();
            for (ulong done = 0; done < chunk.LengthBytes; done += Limits.PageBytes)
            {
                Status status = ReadsBack(chunk.PositionBytes + done);
                if (status != Status.Ok)
                {
                    return status;
                }
                Bytes.AsSpan((int)(chunk.PositionBytes + done), Limits.PageBytes)
                    .CopyTo(Source(chunk).Slice((int)done, Limits.PageBytes));
            }
            return Status.Ok;
        }

        public Status Finish(Status outcome, in DumpFacts facts)
        {
            Drain();
            Facts = facts;
            Outcome = outcome;
            return Second?.Finish(outcome, in facts) ?? outcome;
        }

        /// <summary>The buffers that chunks come from, as memory.</summary>
        public Status Read(ulong address, Span<byte> destination)
        {
            Source(new DumpChunk(0, address, (ulong)destination.Length)).CopyTo(destination);
            return Status.Ok;
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
