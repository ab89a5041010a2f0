using System;
using System.Collections.Generic;
using System.IO;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Stream;
using CosmosKdump.Ckdump.Receive;
using CosmosKdump.Tests.Unit.Capture.Area;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Stream;

/// <summary>A sender in a crashed machine, a line that can be bad in both directions, and a receiver.</summary>
internal sealed class StreamFixture
{
    public const int DumpPages = 600;

    private const int BufferPages = 2;

    public StreamFixture(bool isTwoWay)
    {
        MakeDump();
        Receiver = new DumpReceiver(() => Output, isTwoWay ? Line.FromReceiver : null, Text.Add);
        Line.ToReceiver = Receiver.Feed;
        Sink = new SerialSink<TestChannel, TestPhysicalMemory, TestClock>(
            new TestChannel(Line), new TestPhysicalMemory(Memory, Unreadable), new TestClock(Line), Memory.Buffer(0, BufferPages));
    }

    public TestMemory Memory { get; } = new(BufferPages + DumpPages);

    public HashSet<ulong> Unreadable { get; } = [];

    public MemoryStream Output { get; } = new();

    public List<string> Text { get; } = [];

    public LineModel Line { get; } = new();

    public DumpReceiver Receiver { get; }

    public SerialSink<TestChannel, TestPhysicalMemory, TestClock> Sink;

    public static DumpFacts Facts => new(DumpPages * 4096, 1_700_000_000, DumpFormat.Elf, 17);

    public ReadOnlySpan<byte> Dump => Memory.At(TestMemory.AddressOf(BufferPages), DumpPages * 4096);

    public static ulong AddressOf(int dumpPage) => TestMemory.AddressOf(BufferPages + dumpPage);

    public Span<byte> Page(int dumpPage) => Memory.At(AddressOf(dumpPage), 4096);

    public Status SendAll()
    {
        Status status = Sink.Begin(Facts);
        return status == Status.Ok ? Sink.Finish(SubmitAll(), Facts) : status;
    }

    /// <summary>Chunks of all sizes; the two halves of memory change places in the dump, so addresses jump.</summary>
    public Status SubmitAll()
    {
        int[] sizes = [1, 2, 97, 100, 100, 100, 100, 100];
        int page = 0;
        foreach (int pages in sizes)
        {
            Status status = Sink.Submit(new DumpChunk((ulong)page * 4096, AddressOf(page), (ulong)pages * 4096));
            if (status != Status.Ok)
            {
                return status;
            }
            page += pages;
        }
        Assert.Equal(DumpPages, page);
        return Sink.Drain();
    }

    public void AssertIdentical()
    {
        Assert.True(Output.ToArray().AsSpan().SequenceEqual(Dump));
        Assert.True(Receiver.IsVerified);
        Assert.Empty(Receiver.Missing);
    }

    // Random pages, runs of zeros, runs of a pattern, and pages that are almost zeros.
    private void MakeDump()
    {
        Memory.FillRandom(11, BufferPages, DumpPages);
        for (int page = 0; page < DumpPages; page++)
        {
            Span<byte> bytes = Page(page);
            switch (page / 20 % 4)
            {
                case 1:
                    bytes.Clear();
                    break;
                case 2:
                    bytes.Fill((byte)(page / 23));
                    break;
                case 3 when page % 3 == 0:
                    bytes.Clear();
                    bytes[page % 2 == 0 ? 4095 : 8] = 1;
                    break;
                default:
                    break;
            }
        }
    }
}
