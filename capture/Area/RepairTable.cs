using System;
using System.Runtime.InteropServices;

namespace CosmosKdump.Capture.Area;

/// <summary>
/// Writes that failed and wait for their repair: the failures of one full queue, and behind them the pieces of the
/// write that is being repaired, its lowest piece last.
/// </summary>
public struct RepairTable
{
    /// <summary>Bytes of the buffer that the constructor takes.</summary>
    public const int Bytes = 2 * Limits.PageBytes;

    private readonly HeldBuffer _buffer;
    private int _count;

    /// <summary>An empty table in a buffer of <see cref="Bytes"/>.</summary>
    public RepairTable(HeldBuffer buffer) => _buffer = buffer;

    /// <summary>Writes in the table.</summary>
    public readonly int Count => _count;

    /// <summary>Blocks of the writes from an index on.</summary>
    public readonly ulong BlocksFrom(int index)
    {
        ulong blocks = 0;
        for (int i = index; i < _count; i++)
        {
            blocks += Writes[i].BlockCount;
        }
        return blocks;
    }

    /// <summary>Forgets the writes from an index on.</summary>
    public void Cut(int index) => _count = Math.Min(_count, index);

    /// <summary>Adds a write behind all others; <see cref="Status.TooManyEntries"/>: there is no room.</summary>
    public Status Add(in BlockWrite write) => Insert(_count, write);

    /// <summary>Adds a write before the one at an index; <see cref="Status.TooManyEntries"/>: there is no room.</summary>
    public Status Insert(int index, in BlockWrite write)
    {
        Span<BlockWrite> writes = Writes;
        if (_count == writes.Length)
        {
            return Status.TooManyEntries;
        }
        for (int i = _count; i > index; i--)
        {
            writes[i] = writes[i - 1];
        }
        writes[index] = write;
        _count++;
        return Status.Ok;
    }

    /// <summary>Takes the write at an index, which is below <see cref="Count"/>.</summary>
    public BlockWrite Take(int index)
    {
        Span<BlockWrite> writes = Writes;
        BlockWrite write = writes[index];
        _count--;
        for (int i = index; i < _count; i++)
        {
            writes[i] = writes[i + 1];
        }
        return write;
    }

    private readonly Span<BlockWrite> Writes => MemoryMarshal.Cast<byte, BlockWrite>(_buffer.Bytes);
}
