using System;
using System.IO;
using CosmosKdump.Capture;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>The sink port over a file. What does not lie in the buffers is copied from the dump.</summary>
public struct FileSink(FileStream file, HostBuffers buffers, DumpMemory memory) : IDumpSink
{
    /// <summary>Pages that the dump has and that could not be read; there are zeros for them.</summary>
    public ulong PagesLost { get; private set; }

    /// <inheritdoc/>
    public readonly ulong PagesWritten => (ulong)file.Length / Limits.PageBytes;

    /// <inheritdoc/>
    public readonly ulong CapacityBytes => long.MaxValue & ~(ulong)(Limits.PageBytes - 1);

    /// <inheritdoc/>
    public readonly bool CanReadBack => true;

    /// <inheritdoc/>
    public readonly Status Begin(in DumpFacts facts) => Status.Ok;

    /// <inheritdoc/>
    public Status Submit(in DumpChunk chunk)
    {
        if (HostBuffers.Holds(chunk.Address))
        {
            RandomAccess.Write(
                file.SafeFileHandle, buffers.At(chunk.Address, chunk.LengthBytes), (long)chunk.PositionBytes);
            return Status.Ok;
        }
        Span<byte> piece = buffers.Kdump.Data.Bytes;
        for (ulong done = 0; done < chunk.LengthBytes; done += (ulong)piece.Length)
        {
            piece = piece[..(int)Math.Min((ulong)piece.Length, chunk.LengthBytes - done)];
            if (memory.Read(chunk.Address + done, piece) != Status.Ok)
            {
                PagesLost += ReadPages(chunk.Address + done, piece);
            }
            RandomAccess.Write(file.SafeFileHandle, piece, (long)(chunk.PositionBytes + done));
        }
        return Status.Ok;
    }

    // Page by page, and how many are lost.
    private readonly ulong ReadPages(ulong address, Span<byte> bytes)
    {
        ulong lost = 0;
        for (int at = 0; at < bytes.Length; at += Limits.PageBytes)
        {
            Span<byte> page = bytes[at..Math.Min(at + Limits.PageBytes, bytes.Length)];
            lost += memory.ReadKept(address + (ulong)at, page) == Status.Ok ? 0UL : 1UL;
        }
        return lost;
    }

    /// <inheritdoc/>
    public readonly Status Drain() => Status.Ok;

    /// <inheritdoc/>
    public readonly Status ReadBack(in DumpChunk chunk)
    {
        int read = RandomAccess.Read(
            file.SafeFileHandle, buffers.At(chunk.Address, chunk.LengthBytes), (long)chunk.PositionBytes);
        return (ulong)read == chunk.LengthBytes ? Status.Ok : Status.MemoryUnreadable;
    }

    /// <inheritdoc/>
    public readonly Status Finish(Status outcome, in DumpFacts facts)
    {
        RandomAccess.SetLength(file.SafeFileHandle, (long)facts.LengthBytes);
        return outcome;
    }
}
