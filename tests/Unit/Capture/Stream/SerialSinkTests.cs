using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Stream;
using CosmosKdump.Tests.Unit.Capture.Area;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Stream;

public sealed class SerialSinkTests
{
    [Fact]
    public void ADumpArrivesWholeAndIsConfirmed()
    {
        var line = new StreamFixture(isTwoWay: true);
        Assert.Equal(Status.Ok, line.SendAll());
        line.AssertIdentical();
        Assert.True(line.Receiver.HasLeft);
        Assert.Equal((ulong)StreamFixture.DumpPages, line.Sink.PagesWritten);
        Assert.Equal(0UL, line.Sink.PagesLost);
        Assert.Equal(StreamFixture.Facts, line.Receiver.Facts);
    }

    [Fact]
    public void WithoutAReceiverThatAnswersTheDumpIsWholeAndNotConfirmed()
    {
        var line = new StreamFixture(isTwoWay: false);
        Assert.Equal(Status.NotConfirmed, line.SendAll());
        line.AssertIdentical();
        Assert.Equal(0UL, line.Sink.PagesLost);
    }

    [Fact]
    public void ZerosAndPatternsCostAlmostNothing()
    {
        var line = new StreamFixture(isTwoWay: true);
        int costly = Enumerable.Range(0, StreamFixture.DumpPages)
            .Count(page => !line.Page(page)[8..].SequenceEqual(line.Page(page)[..4088]));
        line.SendAll();
        Assert.InRange(line.Line.BytesSent, costly * 4136L, (costly * 4136L) + 10_000);
    }

    [Theory]
    [InlineData(1, 20_000)]
    [InlineData(2, 20_000)]
    [InlineData(3, 5_000)]
    [InlineData(4, 5_000)]
    [InlineData(5, 2_000)]
    [InlineData(6, 2_000)]
    public void ABadLineCostsTimeButNoData(int seed, int oneIn)
    {
        var line = new StreamFixture(isTwoWay: true);
        line.Line.Faults = new Random(seed);
        line.Line.OneIn = oneIn;
        Assert.Equal(Status.Ok, line.SendAll());
        line.AssertIdentical();
        Assert.True(line.Receiver.DamagedFrames > 0);
        Assert.Equal(0UL, line.Sink.PagesLost);
    }

    [Theory]
    [InlineData(1, 50_000)]
    [InlineData(2, 10_000)]
    [InlineData(3, 3_000)]
    public void ABadOneWayLineLosesWhatItHitAndSaysExactlyWhat(int seed, int oneIn)
    {
        var line = new StreamFixture(isTwoWay: false);
        line.Line.Faults = new Random(seed);
        line.Line.OneIn = oneIn;
        Assert.Equal(Status.NotConfirmed, line.SendAll());
        line.Receiver.End();
        Assert.False(line.Receiver.IsVerified);
        Assert.NotEmpty(line.Receiver.Missing);
        byte[] got = line.Output.ToArray();
        foreach ((ulong start, ulong end) in line.Receiver.Missing)
        {
            Assert.True(got.AsSpan((int)start, (int)(end - start)).IndexOfAnyExcept((byte)0) < 0);
            line.Dump.Slice((int)start, (int)(end - start)).CopyTo(got.AsSpan((int)start));
        }
        Assert.True(got.AsSpan().SequenceEqual(line.Dump));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(40)]
    public void LostAnswersAreAskedForAgain(int answers)
    {
        var line = new StreamFixture(isTwoWay: true);
        Assert.Equal(Status.Ok, line.Sink.Begin(StreamFixture.Facts));
        line.Line.LoseAnswers = Math.Min(answers, Limits.StreamQuestionAttempts - 1);
        Assert.Equal(Status.Ok, line.Sink.Finish(line.SubmitAll(), StreamFixture.Facts));
        line.AssertIdentical();
    }

    [Fact]
    public void AReceiverThatFallsSilentDoesNotHoldUpTheDump()
    {
        var line = new StreamFixture(isTwoWay: true);
        line.Sink.Begin(StreamFixture.Facts);
        line.Line.LoseAnswers = int.MaxValue;
        Assert.Equal(Status.NotConfirmed, line.Sink.Finish(line.SubmitAll(), StreamFixture.Facts));
        line.AssertIdentical();
        ulong most = (Limits.StreamQuestionAttempts * Limits.StreamAnswerMicroseconds) + 15_000_000;
        Assert.InRange(line.Line.Microseconds, 1UL, most);
    }

    [Fact]
    public void AReceiverThatAnswersLateIsHeard()
    {
        var line = new StreamFixture(isTwoWay: true);
        line.Line.LoseAnswers = Limits.StreamBeginAttempts + 1;
        Assert.Equal(Status.Ok, line.SendAll());
        line.AssertIdentical();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AReceiverThatIsThereLateGetsTheRestAndNamesTheBeginning(bool isTwoWay)
    {
        var line = new StreamFixture(isTwoWay);
        LineModel.Deliver receiver = line.Line.ToReceiver;
        line.Line.ToReceiver = _ => { };
        line.Sink.Begin(StreamFixture.Facts);
        line.Sink.Submit(new DumpChunk(0, StreamFixture.AddressOf(0), 200 * 4096));
        line.Sink.Drain();
        line.Line.ToReceiver = receiver;
        line.Sink.Submit(new DumpChunk(200 * 4096, StreamFixture.AddressOf(200), 400 * 4096));
        Assert.Equal(isTwoWay ? Status.PagesLost : Status.NotConfirmed, line.Sink.Finish(Status.Ok, StreamFixture.Facts));
        (ulong start, ulong end) = Assert.Single(line.Receiver.Missing);
        Assert.Equal(0UL, start);
        Assert.InRange(end, 200UL * 4096, isTwoWay ? 200UL * 4096 : 400UL * 4096);
        Assert.True(line.Output.ToArray().AsSpan((int)end).SequenceEqual(line.Dump[(int)end..]));
    }

    [Fact]
    public void PagesThatCannotBeReadAreZerosAndCounted()
    {
        var line = new StreamFixture(isTwoWay: true);
        line.Unreadable.Add(StreamFixture.AddressOf(3));
        line.Unreadable.Add(StreamFixture.AddressOf(599));
        Assert.Equal(Status.PagesLost, line.SendAll());
        line.Page(3).Clear();
        line.Page(599).Clear();
        line.AssertIdentical();
        Assert.Equal(2UL, line.Sink.PagesLost);
        Assert.Equal(2UL, line.Receiver.PagesLost);
    }

    [Fact]
    public void AChannelThatStopsEndsTheDumpWithItsStatus()
    {
        foreach (long bytes in new[] { 0L, 50, 5_000, 300_000, 900_000 })
        {
            var line = new StreamFixture(isTwoWay: true);
            line.Line.BytesUntilStuck = bytes;
            Assert.Equal(Status.ChannelStuck, line.SendAll());
        }
    }

    [Theory]
    [InlineData(20, true)]
    [InlineData(700_000, true)]
    [InlineData(700_000, false)]
    public void AChannelThatRestsInTheMiddleOfAFrameCostsNoData(long bytes, bool isTwoWay)
    {
        var line = new StreamFixture(isTwoWay);
        line.Line.BytesUntilRest = bytes;
        line.Line.RestMicroseconds = Limits.StreamStuckMicroseconds / 2;
        Assert.Equal(isTwoWay ? Status.Ok : Status.NotConfirmed, line.SendAll());
        line.AssertIdentical();
        Assert.Equal(1, line.Receiver.DamagedFrames);
    }

    [Fact]
    public void MoreChunksThanAWindowHoldsAreSentInSeveralWindows()
    {
        var line = new StreamFixture(isTwoWay: true);
        line.Line.Faults = new Random(5);
        line.Sink.Begin(StreamFixture.Facts);
        // Every page its own chunk, at a descending address.
        for (int page = 0; page < StreamFixture.DumpPages; page++)
        {
            ulong address = StreamFixture.AddressOf(StreamFixture.DumpPages - 1 - page);
            Assert.Equal(Status.Ok, line.Sink.Submit(new DumpChunk((ulong)page * 4096, address, 4096)));
        }
        Assert.Equal(Status.Ok, line.Sink.Finish(Status.Ok, StreamFixture.Facts));
        for (int page = 0; page < StreamFixture.DumpPages; page++)
        {
            ReadOnlySpan<byte> got = line.Output.GetBuffer().AsSpan(page * 4096, 4096);
            Assert.True(got.SequenceEqual(line.Page(StreamFixture.DumpPages - 1 - page)));
        }
    }

    [Fact]
    public void PositionsMayComeInAnyOrder()
    {
        var line = new StreamFixture(isTwoWay: true);
        line.Line.Faults = new Random(6);
        line.Sink.Begin(StreamFixture.Facts);
        foreach (int start in new[] { 400, 0, 500, 200 })
        {
            ulong pages = start is 0 or 200 ? 200UL : 100UL;
            Assert.Equal(Status.Ok, line.Sink.Submit(
                new DumpChunk((ulong)start * 4096, StreamFixture.AddressOf(start), pages * 4096)));
        }
        Assert.Equal(Status.Ok, line.Sink.Finish(Status.Ok, StreamFixture.Facts));
        line.AssertIdentical();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4_000)]
    public void ChunksMayHaveAnyPositionAndLength(int oneIn)
    {
        var line = new StreamFixture(isTwoWay: true);
        line.Line.Faults = oneIn == 0 ? null : new Random(7);
        line.Line.OneIn = oneIn;
        line.Sink.Begin(StreamFixture.Facts);
        // Every other piece of the dump, then those between them.
        var random = new Random(3);
        List<(int Start, int Length)> pieces = [];
        for (int at = 0; at < StreamFixture.DumpPages * 4096; at += pieces[^1].Length)
        {
            int longest = pieces.Count % 7 == 0 ? 20_000 : pieces.Count % 3 == 0 ? 24 : 5_000;
            pieces.Add((at, Math.Min(random.Next(1, longest + 1), (StreamFixture.DumpPages * 4096) - at)));
        }
        foreach (int first in new[] { 1, 0 })
        {
            for (int i = first; i < pieces.Count; i += 2)
            {
                (int start, int length) = pieces[i];
                Assert.Equal(Status.Ok, line.Sink.Submit(
                    new DumpChunk((ulong)start, StreamFixture.AddressOf(0) + (ulong)start, (ulong)length)));
            }
        }
        Assert.Equal(Status.Ok, line.Sink.Finish(Status.Ok, StreamFixture.Facts));
        line.AssertIdentical();
        Assert.Equal((ulong)StreamFixture.DumpPages, line.Sink.PagesWritten);
        Assert.Equal(oneIn != 0, line.Receiver.DamagedFrames > 0);
    }

    [Fact]
    public void BuffersMayChangeAfterADrain()
    {
        var line = new StreamFixture(isTwoWay: true);
        line.Line.Faults = new Random(8);
        line.Line.OneIn = 3_000;
        line.Sink.Begin(new DumpFacts(64 * 4096, 0, DumpFormat.Elf, 0));
        byte[] expected = new byte[64 * 4096];
        var random = new Random(9);
        for (int i = 0; i < 16; i++)
        {
            Span<byte> staging = line.Memory.At(StreamFixture.AddressOf(0), 4 * 4096);
            random.NextBytes(staging);
            staging.CopyTo(expected.AsSpan(i * 4 * 4096));
            line.Sink.Submit(new DumpChunk((ulong)i * 4 * 4096, StreamFixture.AddressOf(0), 4 * 4096));
            Assert.Equal(Status.Ok, line.Sink.Drain());
            staging.Clear();
        }
        Assert.Equal(Status.Ok, line.Sink.Finish(Status.Ok, StreamFixture.Facts));
        Assert.True(line.Output.ToArray().AsSpan().SequenceEqual(expected));
    }

    [Fact]
    public void TheOutcomeOfTheCaptureIsPassedOn()
    {
        var line = new StreamFixture(isTwoWay: true);
        line.Sink.Begin(StreamFixture.Facts);
        line.SubmitAll();
        Assert.Equal(Status.StepFaulted, line.Sink.Finish(Status.StepFaulted, StreamFixture.Facts));
        Assert.Equal(Status.StepFaulted, line.Receiver.Outcome);
    }

    [Fact]
    public void ChunksOutsideTheDumpAreRefused()
    {
        var line = new StreamFixture(isTwoWay: true);
        line.Sink.Begin(StreamFixture.Facts);
        ulong address = StreamFixture.AddressOf(0);
        Assert.Equal(Status.OutOfMedium, line.Sink.Submit(new DumpChunk(StreamFixture.DumpPages * 4096, address, 4096)));
        Assert.Equal(Status.OutOfMedium, line.Sink.Submit(new DumpChunk(ulong.MaxValue - 4095, address, 4096)));
        Assert.Equal(Status.OutOfMedium, line.Sink.Submit(new DumpChunk((StreamFixture.DumpPages * 4096) - 1, address, 2)));
    }

    [Fact]
    public void ABufferThatIsTooSmallIsRefused()
    {
        var line = new StreamFixture(isTwoWay: true);
        var sink = new SerialSink<TestChannel, TestPhysicalMemory, TestClock>(
            new TestChannel(line.Line), default, new TestClock(line.Line), line.Memory.Buffer(0, 1));
        Assert.Equal(Status.BufferTooSmall, sink.Begin(StreamFixture.Facts));
    }

    [Fact]
    public void ConsoleTextBetweenFramesPassesThrough()
    {
        var line = new StreamFixture(isTwoWay: true);
        line.Receiver.Feed("SeaBIOS\r\n[    0.1] Kernel panic - not syncing\npart"u8);
        line.Sink.Begin(StreamFixture.Facts);
        line.Sink.Submit(new DumpChunk(0, StreamFixture.AddressOf(0), 100 * 4096));
        line.Receiver.Feed(Encoding.UTF8.GetBytes("50 % – läuft\n"));
        line.Sink.Submit(new DumpChunk(100 * 4096, StreamFixture.AddressOf(100), 500 * 4096));
        Assert.Equal(Status.Ok, line.Sink.Finish(Status.Ok, StreamFixture.Facts));
        line.AssertIdentical();
        Assert.Equal(["SeaBIOS", "[    0.1] Kernel panic - not syncing", "part", "50 % – läuft"], line.Text);
    }

    [Fact]
    public void DamagedFramesDoNotShowAsText()
    {
        var line = new StreamFixture(isTwoWay: true);
        line.Line.Faults = new Random(12);
        line.Line.OneIn = 1_500;
        line.SendAll();
        Assert.True(line.Receiver.NoiseBytes > 0);
        Assert.Empty(line.Text);
    }
}
