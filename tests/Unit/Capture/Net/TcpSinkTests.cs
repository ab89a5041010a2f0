using System;
using System.IO;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Net;
using CosmosKdump.Capture.Stream;
using CosmosKdump.Ckdump.Receive;
using CosmosKdump.Tests.Unit.Capture.Stream;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Net;

/// <summary>A dump goes over a bad network to the receiver, and success means that the receiver has it.</summary>
public sealed class TcpSinkTests : IDisposable
{
    private const int EndFrameBytes = 36 + 24 + 4;

    private readonly string _file = Path.GetTempFileName();
    private readonly NetFixture _net = new(4, 2);
    private StreamReceiver? _receiver;
    private bool _isComplete;

    public static DumpFacts Facts => new(NetFixture.DataPages * 4096, 1_700_000_000, DumpFormat.Elf, 17);

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void The_dump_on_the_disk_is_the_dump_in_memory()
    {
        MakeZerosAndFills();
        Answer();
        Assert.Equal(Status.Ok, SendAll());
        Assert.True(_isComplete);
        Assert.True(_receiver!.IsWhole);
        Assert.Equal((Facts.CrashTimeSeconds, Facts.DumpLevel), (_receiver.Facts.CrashTimeSeconds, _receiver.Facts.DumpLevel));
        AssertSame();
        // Zeros and fills cost a frame each, not their pages.
        Assert.InRange(_net.Host.Received.Count, 4096, (NetFixture.DataPages - 100) * 4096);
    }

    [Fact]
    public void Losses_on_the_way_change_no_byte()
    {
        _net.Wire.Loss = 0.1;
        _net.Wire.Reordering = 0.1;
        _net.Wire.Doubling = 0.1;
        Answer();
        Assert.Equal(Status.Ok, SendAll());
        AssertSame();
    }

    [Fact]
    public void A_page_that_cannot_be_read_is_zeros_and_counted()
    {
        _net.Unreadable.Add(NetFixture.DataAddress + (50 * 4096));
        _net.Unreadable.Add(NetFixture.DataAddress + (51 * 4096));
        Answer();
        Assert.Equal(Status.Ok, SendAll());
        Assert.Equal(2UL, _receiver!.PagesLost);
        Assert.True(_receiver.IsVerified);
        Assert.False(_receiver.IsWhole);
        _net.Data.Slice(50 * 4096, 8192).Clear();
        AssertSame();
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(1_000_000)]
    public void A_byte_that_changed_on_the_way_is_no_success(int at)
    {
        Answer(bytes => bytes[at] ^= 4);
        Assert.NotEqual(Status.Ok, SendAll());
        Assert.False(_isComplete && _receiver!.IsWhole);
    }

    [Fact]
    public void Nobody_who_does_not_confirm_has_the_dump()
    {
        _net.Wire.LookMicroseconds = 200;
        Assert.Equal(Status.NotConfirmed, SendAll());
    }

    [Fact]
    public void A_receiver_that_closes_ends_the_dump()
    {
        _net.Host.AfterSegment = host =>
        {
            if (host.Received.Count > 500_000)
            {
                host.AfterSegment = _ => { };
                host.Finish();
            }
        };
        Assert.Equal(Status.ConnectionClosed, SendAll());
    }

    [Fact]
    public void Chunks_of_any_position_and_length_find_their_place()
    {
        Answer();
        var sink = Sink();
        Assert.Equal(Status.Ok, sink.Connection.Connect(NetFixture.Server));
        Assert.Equal(Status.Ok, sink.Begin(Facts));
        ulong half = Facts.LengthBytes / 2;
        var random = new Random(1);
        foreach (ulong start in new[] { half, 0UL })
        {
            for (ulong at = start; at < start + half;)
            {
                ulong length = Math.Min((ulong)random.Next(1, 30_000), start + half - at);
                Assert.Equal(Status.Ok, sink.Submit(new DumpChunk(at, NetFixture.DataAddress + at, length)));
                at += length;
            }
        }
        Assert.Equal(Status.Ok, sink.Finish(Status.Ok, Facts));
        AssertSame();
    }

    private void MakeZerosAndFills()
    {
        _net.Data.Slice(10 * 4096, 100 * 4096).Clear();
        _net.Data.Slice(200 * 4096, 30 * 4096).Fill(0xAA);
        _net.Data.Slice(230 * 4096, 10 * 4096).Fill(0xBB);
    }

    private TcpSink<CardLink, WireClock, TestPhysicalMemory> Sink()
    {
        var sink = new TcpSink<CardLink, WireClock, TestPhysicalMemory>(
            new CardLink(_net.Card), new WireClock(_net.Wire), new TestPhysicalMemory(_net.Memory, _net.Unreadable),
            _net.Memory.Buffer(0, NetFixture.BufferPages));
        sink.Connection.Engine.Port.Settings = NetFixture.Settings;
        return sink;
    }

    private Status SendAll()
    {
        var sink = Sink();
        Assert.Equal(Status.Ok, sink.Connection.Connect(NetFixture.Server));
        Status status = sink.Begin(Facts);
        for (ulong at = 0; at < Facts.LengthBytes && status == Status.Ok; at += 100 * 4096)
        {
            status = sink.Submit(new DumpChunk(at, NetFixture.DataAddress + at, 100 * 4096));
        }
        status = sink.Finish(status, Facts);
        sink.Connection.Close();
        return status;
    }

    // The receiver reads all of it when the end is there.
    private void Answer(Action<byte[]>? damage = null) => _net.Host.Says = count =>
    {
        int end = count - EndFrameBytes;
        bool isEnd = end > 0 && _net.Host.Received[end + 5] == (byte)FrameType.End
            && FrameHeader.Sync.SequenceEqual(_net.Host.Received.GetRange(end, FrameHeader.Sync.Length).ToArray());
        if (!isEnd)
        {
            return null;
        }
        byte[] bytes = [.. _net.Host.Received];
        damage?.Invoke(bytes);
        _receiver = new StreamReceiver(
            _ => File.OpenHandle(_file, FileMode.Truncate, FileAccess.ReadWrite), _ => _isComplete = true, new StreamLimits());
        var stream = new DuplexStream(bytes);
        try
        {
            _receiver.Run(stream);
        }
        catch (InvalidDataException)
        {
            return new byte[10];
        }
        return stream.Written.ToArray();
    };

    private void AssertSame() => Assert.True(_net.Data.SequenceEqual(File.ReadAllBytes(_file)), "the dump differs");
}
