using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>Reads the pages of a batch ahead: those that follow each other in memory at once.</summary>
internal sealed class BatchReader(DumpMemory memory)
{
    private readonly byte[] _bytes = new byte[PageBatch.OutputBytes];
    private readonly ulong[] _addresses = new ulong[PageBatch.MaxPages];
    private readonly bool[] _areRead = new bool[PageBatch.MaxPages];
    private int _count;
    private int _next;

    /// <summary>Reads the pages at these addresses, which are then taken in this order.</summary>
    public void Load(ReadOnlySpan<ulong> addresses)
    {
        addresses.CopyTo(_addresses);
        _count = addresses.Length;
        _next = 0;
        int run;
        for (int i = 0; i < _count; i += run)
        {
            run = 1;
            while (i + run < _count && addresses[i + run] == addresses[i] + ((ulong)run * Limits.PageBytes))
            {
                run++;
            }
            Span<byte> pages = _bytes.AsSpan(i * Limits.PageBytes, run * Limits.PageBytes);
            _areRead.AsSpan(i, run).Fill(memory.Read(addresses[i], pages) == Status.Ok);
        }
    }

    /// <summary>The next page; what could not be read together is read alone.</summary>
    public Status Take(ulong address, Span<byte> destination)
    {
        int at = _next++;
        if (at >= _count || !_areRead[at] || _addresses[at] != address || destination.Length != Limits.PageBytes)
        {
            return memory.Read(address, destination);
        }
        _bytes.AsSpan(at * Limits.PageBytes, Limits.PageBytes).CopyTo(destination);
        return Status.Ok;
    }
}
