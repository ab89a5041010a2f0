using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Net;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Net;

public sealed class SendQueueTests
{
    private const ulong Memory = 0x1_0000_0000;
    private const int Step = 4 << 20;

    private SendQueue _queue = new(new HeldBuffer(new DmaBuffer(
        GC.AllocateArray<byte>(SendQueue.BufferBytes, pinned: true), 0x10_0000)));

    /// <summary>A run of memory that is longer than a piece can be, of which the end is never acknowledged.</summary>
    [Fact]
    public void Memory_of_many_gigabytes_in_one_run_is_sent_as_it_lies()
    {
        LinkPiece[] pieces = new LinkPiece[4];
        for (ulong sent = 0; sent < 9UL << 30; sent += Step)
        {
            Assert.True(_queue.TryAdd(Memory + sent, Step));
            ulong last = sent + Step - 1000;
            Assert.Equal(1000, _queue.Gather(last, 1000, pieces, out int count));
            Assert.Equal(1, count);
            Assert.Equal(Memory + last, pieces[0].Address);
            _queue.Release(last);
            Assert.Equal(last, _queue.Start);
            Assert.Equal(sent + Step, _queue.End);
        }
    }

    [Fact]
    public void Where_a_run_becomes_another_piece_a_frame_has_both()
    {
        LinkPiece[] pieces = new LinkPiece[4];
        for (ulong sent = 0; sent < 1UL << 30; sent += Step)
        {
            Assert.True(_queue.TryAdd(Memory + sent, Step));
            _queue.Release(sent + Step - 1);
        }
        Assert.True(_queue.TryAdd(Memory + (1UL << 30), Step));
        Assert.Equal(101, _queue.Gather((1UL << 30) - 1, 101, pieces, out int count));
        Assert.Equal(2, count);
        Assert.Equal((Memory + (1UL << 30) - 1, 1), (pieces[0].Address, pieces[0].LengthBytes));
        Assert.Equal((Memory + (1UL << 30), 100), (pieces[1].Address, pieces[1].LengthBytes));
    }

    [Fact]
    public void Memory_that_waits_is_bounded()
    {
        for (ulong sent = 0; sent < 1UL << 30; sent += Step)
        {
            Assert.True(_queue.TryAdd(Memory + sent, Step));
        }
        Assert.False(_queue.TryAdd(Memory + (1UL << 30), 1));
    }
}
