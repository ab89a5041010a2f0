using System;
using System.Collections.Generic;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode;
using CosmosKdump.Capture.Input;
using CosmosKdump.Tests.Unit.Capture.Fakes;
using CosmosKdump.Tests.Unit.Capture.Filter;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Encode.Kdump;

/// <summary>The compressor port with several slots, over sparse memory; checks that slots are used as promised.</summary>
internal readonly struct SparseCompressor(SparseMemory memory, Compressor compressor, int slots) : IPageCompressor
{
    private readonly Dictionary<int, ulong[]> _started = [];

    public int Slots => slots;

    public void Start(int slot, ReadOnlySpan<ulong> addresses)
    {
        Assert.InRange(slot, 0, slots - 1);
        Assert.InRange(addresses.Length, 1, PageBatch.MaxPages);
        Assert.True(_started.TryAdd(slot, addresses.ToArray()), "started twice");
    }

    public CompressedBatch Finish(int slot)
    {
        Assert.True(_started.Remove(slot, out ulong[]? addresses), "not started");
        var port = new SparsePort(memory);
        var codec = new TestCodec(compressor);
        var results = new PageResult[addresses.Length];
        byte[] output = new byte[PageBatch.OutputBytes];
        int used = PageBatch.Run(ref port, ref codec, addresses, new byte[Limits.PageBytes], output, results);
        return new CompressedBatch(results, output.AsSpan(0, used));
    }
}
