using System;
using System.IO;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode.Flat;
using CosmosKdump.Ckdump.Convert;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Kdump;

/// <summary>A flattened dump as a capture leaves it that could not read some pages.</summary>
internal static class FlatFile
{
    private const byte Level = 31;

    /// <summary>Writes a dump out in so many records, and then tells that it lacks pages.</summary>
    public static void WriteWithPagesLost(string dump, string target, int records)
    {
        byte[] bytes = File.ReadAllBytes(dump);
        long[] ends =
        [
            Limits.PageBytes,
            .. Enumerable.Range(1, records - 2).Select(i => (long)bytes.Length * i / (records - 1)),
            bytes.Length,
        ];
        Assert.Equal(ends.Order().Distinct(), ends);
        using FileStream file = File.Create(target);
        using HostBuffers buffers = new(1, []);
        var sink = new FlatSink<StreamChannel, Content>(new StreamChannel(file), new Content(bytes), buffers.Flat);
        DumpFacts facts = new((ulong)bytes.Length, 0, DumpFormat.Kdump, Level);
        Assert.Equal(Status.Ok, sink.Begin(in facts));
        long start = 0;
        foreach (long end in ends)
        {
            Assert.Equal(Status.Ok, sink.Submit(new DumpChunk((ulong)start, (ulong)start, (ulong)(end - start))));
            start = end;
        }
        Assert.Equal(Status.PagesLost, sink.Finish(Status.PagesLost, in facts));
    }

    private readonly struct Content(byte[] bytes) : IPhysicalMemory
    {
        public ulong PhysicalEnd => Limits.PhysicalEnd;

        public Status Read(ulong address, Span<byte> destination)
        {
            bytes.AsSpan((int)address, destination.Length).CopyTo(destination);
            return Status.Ok;
        }
    }
}
