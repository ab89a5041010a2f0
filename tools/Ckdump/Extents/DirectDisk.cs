using System;
using System.IO;
using CosmosKdump.Capture;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Ckdump.Extents;

/// <summary>
/// A disk of this machine as the capture kernel will see it: read past the page cache, and never written. An address is an
/// offset in <paramref name="memory"/>, of which <paramref name="alignedAt"/> is on a page in memory too.
/// </summary>
internal readonly struct DirectDisk(SafeFileHandle disk, byte[] memory, int alignedAt, uint blockBytes, ulong blockCount)
    : IBlockDevice
{
    /// <inheritdoc/>
    public uint BlockBytes => blockBytes;

    /// <inheritdoc/>
    public ulong BlockCount => blockCount;

    /// <inheritdoc/>
    public uint MaxBlocksPerRequest => Limits.PageBytes / blockBytes;

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <inheritdoc/>
    public Status Read(ulong block, ulong address, uint blockCount)
    {
        Span<byte> target = memory.AsSpan(alignedAt + (int)address, (int)(blockCount * blockBytes));
        try
        {
            return RandomAccess.Read(disk, target, (long)(block * blockBytes)) == target.Length
                ? Status.Ok
                : Status.RequestFailed;
        }
        catch (IOException)
        {
            return Status.RequestFailed;
        }
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
