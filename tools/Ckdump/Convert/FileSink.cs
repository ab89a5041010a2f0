using System.IO;
using CosmosKdump.Capture;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>The sink port over a file.</summary>
public readonly struct FileSink(FileStream file, HostBuffers buffers) : IDumpSink
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
        RandomAccess.Write(
            file.SafeFileHandle, buffers.At(chunk.Address, chunk.LengthBytes), (long)chunk.PositionBytes);
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
