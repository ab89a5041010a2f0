using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using CosmosKdump.Capture;

namespace CosmosKdump.Tests.Unit.Capture.Filter;

/// <summary>Memory up to an address, zeros until something is written; some pages cannot be read.</summary>
internal sealed class SparseMemory(ulong endBytes)
{
    private readonly Dictionary<ulong, byte[]> _pages = [];

    public HashSet<ulong> Unreadable { get; } = [];

    public long Reads { get; private set; }

    /// <summary>Bytes that may be written, within one page.</summary>
    public Span<byte> At(ulong address, int length)
    {
        ulong page = address / Limits.PageBytes;
        if (!_pages.TryGetValue(page, out byte[]? bytes))
        {
            _pages[page] = bytes = new byte[Limits.PageBytes];
        }
        return bytes.AsSpan((int)(address % Limits.PageBytes), length);
    }

    public void WriteUInt64(ulong address, ulong value) =>
        BinaryPrimitives.WriteUInt64LittleEndian(At(address, 8), value);

    public Status Read(ulong address, Span<byte> destination)
    {
        Reads++;
        destination.Clear();
        if (address >= endBytes || (ulong)destination.Length > endBytes - address)
        {
            return Status.MemoryUnreadable;
        }
        Status status = Status.Ok;
        for (int done = 0; done < destination.Length;)
        {
            ulong at = address + (ulong)done;
            ulong page = at / Limits.PageBytes;
            int offset = (int)(at % Limits.PageBytes);
            int length = Math.Min(Limits.PageBytes - offset, destination.Length - done);
            if (Unreadable.Contains(page))
            {
                status = Status.MemoryUnreadable;
            }
            else if (_pages.TryGetValue(page, out byte[]? bytes))
            {
                bytes.AsSpan(offset, length).CopyTo(destination[done..]);
            }
            done += length;
        }
        return status;
    }
}
