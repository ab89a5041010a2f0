using System;
using System.Collections.Generic;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode;
using CosmosKdump.Capture.Input;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Fakes;

/// <summary>The compressor port with several slots; checks that slots are used as promised.</summary>
internal readonly struct TestCompressor<TMemory>(TMemory memory, Compressor compressor, int slots) : IPageCompressor
    where TMemory : struct, IPhysicalMemory
{
    private readonly Dictionary<int, (ulong[] Addresses, bool Compresses)> _started = [];
    private readonly Dictionary<int, (PageResult[] Pages, byte[] Bytes)> _done = [];

    public int Slots => slots;

    public void Start(int slot, ReadOnlySpan<ulong> addresses, bool compresses)
    {
        Assert.InRange(slot, 0, slots - 1);
        Assert.InRange(addresses.Length, 1, PageBatch.MaxPages);
        Assert.True(_started.TryAdd(slot, (addresses.ToArray(), compresses)), "started twice");
    }

    public CompressedBatch Finish(int slot)
    {
        Assert.True(_started.Remove(slot, out (ulong[] Addresses, bool Compresses) batch), "not started");
        TMemory port = memory;
        var codec = new TestCodec(compressor);
        var results = new PageResult[batch.Addresses.Length];
        byte[] output = new byte[PageBatch.OutputBytes];
        int used = PageBatch.Run(ref port, ref codec, batch.Compresses, batch.Addresses, new byte[Limits.PageBytes], output, results);
        _done[slot] = (results, output[..used]);
        return new CompressedBatch(_done[slot].Pages, _done[slot].Bytes);
    }
}
