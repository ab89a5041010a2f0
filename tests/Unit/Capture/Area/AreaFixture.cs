using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Tests.Unit.Capture.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Area;

/// <summary>A disk with a prepared area somewhere in its middle, memory full of random pages, and a sink.</summary>
internal sealed class AreaFixture
{
    public const int DumpPages = 200;
    public const int HeaderPages = 2;
    public const int BufferPages = AreaSink<FaultyDisk, FakeClock, FakeConsole>.BufferBytes / Limits.PageBytes;
    public const int FirstPage = 5;
    public const int AreaPages = 256;
    public const int DiskPages = 300;

    public static readonly AreaUuid Uuid = new(0x1122334455667788, 0x99AABBCCDDEEFF00);

    private readonly ulong _clockStep;

    /// <param name="blockBytes">Block size of the disk.</param>
    /// <param name="clockStep">Microseconds that pass between two looks at the clock.</param>
    public AreaFixture(uint blockBytes = 512, ulong clockStep = 0)
    {
        _clockStep = clockStep;
        Memory.FillRandom(3, BufferPages, DumpPages);
        Disk = new DiskModel(Memory, blockBytes, DiskPages * Limits.PageBytes / blockBytes);
        BlocksPerPage = Limits.PageBytes / blockBytes;
        PlantLabel(AreaLabel.Create(Uuid, AreaPages * Limits.PageBytes));
        Before = (byte[])Disk.Medium.Clone();
        Sink = NewSink();
    }

    public TestMemory Memory { get; } = new(BufferPages + DumpPages);

    public DiskModel Disk { get; }

    public FakeConsole Console { get; } = new();

    public uint BlocksPerPage { get; }

    /// <summary>The medium as it was before the first write.</summary>
    public byte[] Before { get; private set; }

    public AreaSink<FaultyDisk, FakeClock, FakeConsole> Sink;

    public DumpFacts Facts => new DumpFacts(DumpPages * Limits.PageBytes, 1_700_000_000, DumpFormat.Elf, 0)
        .WithHeader(HeaderPages * Limits.PageBytes, Crc32C.Of(Dump[..(HeaderPages * Limits.PageBytes)]));

    public AreaExtent Extent => new(FirstPage * BlocksPerPage, AreaPages * BlocksPerPage);

    public Span<byte> Dump => Memory.At(TestMemory.AddressOf(BufferPages), DumpPages * Limits.PageBytes);

    public AreaSink<FaultyDisk, FakeClock, FakeConsole> NewSink() => new(
        new FaultyDisk(Disk), new FakeClock(_clockStep), Console, Memory.Buffer(0, BufferPages));

    public ulong BlockOfPage(int page) => (ulong)(FirstPage + page) * BlocksPerPage;

    /// <summary>The label of an area with a dump whose headers and notes are those of <see cref="Dump"/>.</summary>
    public AreaLabel UnsavedLabel(AreaState state)
    {
        AreaLabel label = AreaLabel.Create(Uuid, AreaPages * Limits.PageBytes);
        label.State = state;
        label.DumpLengthBytes = Facts.LengthBytes;
        label.HeaderBytes = Facts.HeaderBytes;
        label.HeaderChecksum = Facts.HeaderChecksum;
        return label;
    }

    /// <summary>Writes the label, and before a blank start the headers that it tells of.</summary>
    public void PlantLabel(in AreaLabel label)
    {
        byte[] page = new byte[4096];
        label.Encode(page);
        byte[] start = new byte[17 * Limits.PageBytes];
        Dump[..(int)label.HeaderBytes].CopyTo(start);
        Disk.Plant(FirstPage * Limits.PageBytes, start);
        Disk.Plant((FirstPage + AreaPages - 1) * Limits.PageBytes, page);
        Before = (byte[])Disk.Medium.Clone();
    }

    public Span<byte> LabelPage => MediumPages(AreaPages - 1, 1);

    public Span<byte> MediumPages(int page, int pages) =>
        Disk.Medium.AsSpan((FirstPage + page) * Limits.PageBytes, pages * Limits.PageBytes);

    public AreaLabel LabelOnMedium()
    {
        Assert.Equal(Status.Ok, AreaLabel.Decode(LabelPage, AreaPages * Limits.PageBytes, out AreaLabel label));
        return label;
    }

    public Status Open() => Sink.Open(Extent, default, overwrite: false);

    /// <summary>Opens, writes the dump in chunks of several sizes, and finishes.</summary>
    public Status WriteDump()
    {
        Status status = Open();
        if (status == Status.Ok)
        {
            status = Sink.Begin(Facts);
        }
        if (status != Status.Ok)
        {
            return status;
        }
        return Sink.Finish(SubmitAll(), Facts);
    }

    public Status SubmitAll()
    {
        int[] sizes = [1, 3, 64, 7, 90, 35];
        int page = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            var chunk = new DumpChunk(
                (ulong)page * Limits.PageBytes,
                TestMemory.AddressOf(BufferPages + page),
                (ulong)sizes[i] * Limits.PageBytes);
            Status status = Sink.Submit(chunk);
            if (status != Status.Ok)
            {
                return status;
            }
            page += sizes[i];
        }
        Assert.Equal(DumpPages, page);
        return Sink.Drain();
    }

    /// <summary>Nothing changed before the area, after it, or between the dump and the label.</summary>
    public void AssertUntouchedOutsideTheDump()
    {
        int start = FirstPage * Limits.PageBytes;
        int end = start + (DumpPages * Limits.PageBytes);
        int label = (FirstPage + AreaPages - 1) * Limits.PageBytes;
        Assert.True(Disk.Medium.AsSpan(0, start).SequenceEqual(Before.AsSpan(0, start)));
        Assert.True(Disk.Medium.AsSpan(end, label - end).SequenceEqual(Before.AsSpan(end, label - end)));
        Assert.True(Disk.Medium.AsSpan(label + 4096).SequenceEqual(Before.AsSpan(label + 4096)));
    }
}
