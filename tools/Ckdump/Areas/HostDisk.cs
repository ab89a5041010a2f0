using System;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture;

namespace CosmosKdump.Ckdump.Areas;

/// <summary>
/// A disk of this machine as the capture code sees one, to be read only. An address is an offset in
/// <paramref name="memory"/>.
/// </summary>
internal readonly struct HostDisk(FileBytes file, byte[] memory, uint blockBytes) : IBlockDevice
{
    /// <inheritdoc/>
    public uint BlockBytes => blockBytes;

    /// <inheritdoc/>
    public ulong BlockCount => (ulong)file.LengthBytes / blockBytes;

    /// <inheritdoc/>
    public uint MaxBlocksPerRequest => (uint)memory.Length / blockBytes;

    /// <inheritdoc/>
    public bool IsReadOnly => true;

    /// <inheritdoc/>
    public Status Read(ulong block, ulong address, uint blockCount)
    {
        Span<byte> target = memory.AsSpan((int)address, (int)(blockCount * blockBytes));
        return file.Read(block * blockBytes, target) == Status.Ok ? Status.Ok : Status.RequestFailed;
    }

    /// <inheritdoc/>
    public Status Submit(in BlockWrite write) => Status.WriteProtected;

    /// <inheritdoc/>
    public Status Drain() => Status.Ok;

    /// <inheritdoc/>
    public Status Flush() => Status.Ok;

    /// <inheritdoc/>
    public bool TryTakeFailure(out BlockWrite write, out Status why)
    {
        (write, why) = (default, Status.Ok);
        return false;
    }

    /// <inheritdoc/>
    public Status Recover() => Status.Ok;
}
