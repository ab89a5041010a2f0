using System;
using System.IO;
using CosmosKdump.Capture;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>The sink port over a file. What does not lie in the buffers is copied from the dump.</summary>
public readonly struct FileSink(FileStream file, HostBuffers buffers, DumpMemory memory) : IDumpSink
{
    /// <inheritdoc/>
    public ulong PagesLost => 0;

    /// <inheritdoc/>
    public ulong PagesWritten => (ulong)file.Length / Limits.PageBytes;

    /// <inheritdoc/>
    public ulong CapacityBytes => long.MaxValue & ~(ulong)(Limits.PageBytes - 1);

    /// <inheritdoc/>
    public bool CanReadBack => true;

    /// <inheritdoc/>
    public Status Begin(in DumpFacts facts) => Status.Ok;

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
            // What cannot be read comes as zeros.
            _ = memory.Read(chunk.Address + done, piece);
            RandomAccess.Write(file.SafeFileHandle, piece, (long)(chunk.PositionBytes + done));
        }
        return Status.Ok;
    }

    /// <inheritdoc/>
    public Status Drain() => Status.Ok;

    /// <inheritdoc/>
    public Status ReadBack(in DumpChunk chunk)
    {
        int read = RandomAccess.Read(
            file.SafeFileHandle, buffers.At(chunk.Address, chunk.LengthBytes), (long)chunk.PositionBytes);
        return (ulong)read == chunk.LengthBytes ? Status.Ok : Status.MemoryUnreadable;
    }

    /// <inheritdoc/>
    public Status Finish(Status outcome, in DumpFacts facts)
    {
        RandomAccess.SetLength(file.SafeFileHandle, (long)facts.LengthBytes);
        return outcome;
    }
}
