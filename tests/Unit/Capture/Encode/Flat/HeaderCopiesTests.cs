using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode.Flat;
using CosmosKdump.Ckdump.Convert;
using CosmosKdump.Tests.Unit.Capture.Area;
using Xunit;
using KdumpHeader = CosmosKdump.Capture.Encode.Kdump.KdumpHeader;

namespace CosmosKdump.Tests.Unit.Capture.Encode.Flat;

/// <summary>The header that is repeated at the end of a flattened dump is the one that crash finds.</summary>
public class HeaderCopiesTests
{
    private const int PieceBytes = 512;

    [Fact]
    public void CrashFindsANewHeaderWhateverTheNumberOfRecords()
    {
        for (int pieces = 1; pieces <= 300; pieces++)
        {
            byte[] flat = Flatten(pieces);
            List<(ulong Position, int At)> records = Sorted(flat);
            Assert.InRange(records.Count - pieces - 1, 2, 4);
            int found = Search(records, KdumpHeader.StatusAt);
            uint status = BinaryPrimitives.ReadUInt32LittleEndian(flat.AsSpan(records[found].At + KdumpHeader.StatusAt));
            Assert.True((status & KdumpHeader.Incomplete) != 0, $"{pieces} pieces: the old header");
        }
    }

    [Theory]
    [InlineData(4, 2)]
    [InlineData(7, 3)]
    [InlineData(9, 4)]
    public void OnceWouldNotDo(int records, int copies)
    {
        Assert.Equal((ulong)copies, FlatFormat.HeaderCopies((ulong)records));
        // One less, or one alone, and crash is at the old header, behind the new ones.
        foreach (int fewer in new[] { 1, copies - 1 })
        {
            List<(ulong Position, int At)> sorted =
            [
                .. Enumerable.Repeat((0UL, 0), fewer + 1),
                .. Enumerable.Range(1, records - 1).Select(i => ((ulong)i * Limits.PageBytes, 0)),
            ];
            Assert.Equal(fewer, Search(sorted, 0));
        }
    }

    // As crash finds the record of a position: makedumpfile.c, read_flattened_format.
    private static int Search(List<(ulong Position, int At)> records, ulong position)
    {
        int start = 0;
        int end = records.Count;
        while (true)
        {
            int index = (start + end) / 2;
            ulong length = records[index].Position == 0 ? (ulong)Limits.PageBytes : PieceBytes;
            if (records[index].Position <= position && position < records[index].Position + length)
            {
                return index;
            }
            Assert.False(index == start && start + 1 == end, "no record");
            (start, end) = position < records[index].Position ? (start, index) : (index, end);
        }
    }

    // By position, and of one position the newest first: store_flat_data_array.
    private static List<(ulong Position, int At)> Sorted(byte[] flat)
    {
        List<(ulong Position, int At)> records = [];
        for (int at = FlatFormat.HeaderBytes; ;)
        {
            FlatFormat.ReadRecord(flat.AsSpan(at), out long position, out long length);
            if (position == FlatFormat.EndMark)
            {
                return records;
            }
            int place = records.FindIndex(one => one.Position >= (ulong)position);
            records.Insert(place < 0 ? records.Count : place, ((ulong)position, at + FlatFormat.RecordBytes));
            at += FlatFormat.RecordBytes + (int)length;
        }
    }

    private static byte[] Flatten(int pieces)
    {
        const int BufferPages = 4;
        using MemoryStream output = new();
        var memory = new TestMemory(BufferPages);
        var sink = new FlatSink<StreamChannel, Zeros>(
            new StreamChannel(output), default, memory.Buffer(0, BufferPages));
        DumpFacts facts = new((ulong)(Limits.PageBytes + (pieces * PieceBytes)), 0, DumpFormat.Kdump, 31);
        Assert.Equal(Status.Ok, sink.Begin(in facts));
        Assert.Equal(Status.Ok, sink.Submit(new DumpChunk(0, 0, Limits.PageBytes)));
        for (int piece = 0; piece < pieces; piece++)
        {
            ulong position = (ulong)(Limits.PageBytes + (piece * PieceBytes));
            Assert.Equal(Status.Ok, sink.Submit(new DumpChunk(position, position, PieceBytes)));
        }
        Assert.Equal(Status.PagesLost, sink.Finish(Status.PagesLost, in facts));
        return output.ToArray();
    }

    private readonly struct Zeros : IPhysicalMemory
    {
        public ulong PhysicalEnd => Limits.PhysicalEnd;

        public Status Read(ulong address, Span<byte> destination)
        {
            destination.Clear();
            return Status.Ok;
        }
    }
}
