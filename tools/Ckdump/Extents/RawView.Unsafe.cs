using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Convert;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Ckdump.Extents;

/// <summary>
/// A disk as the capture kernel will see it, below the file system and past the page cache: the capture kernel's own code
/// looks at it.
/// </summary>
internal sealed class RawView : IDisposable
{
    private readonly string _path;
    private readonly SafeFileHandle _handle;
    private readonly byte[] _memory;
    private readonly int _alignedAt;
    private readonly DirectDisk _disk;

    /// <summary>Opens a disk to read it; its sysfs folder tells the size of its blocks.</summary>
    public RawView(string diskName, string diskNumber)
    {
        _path = "/dev/" + diskName;
        uint blockBytes = (uint)(new SystemFolder("/sys/dev/block/" + diskNumber).Inner("queue").Number("logical_block_size")
            ?? throw new ToolException(_path, "its block size is not known"));
        _memory = GC.AllocateArray<byte>(Buffer + Limits.PageBytes, pinned: true);
        // The array is pinned: its address does not change.
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
        _alignedAt = (int)(-address & (Limits.PageBytes - 1));
        _handle = FileCalls.OpenDirect(_path);
        _disk = new DirectDisk(_handle, _memory, _alignedAt, blockBytes, (ulong)Posix.Length(_handle, _path) / blockBytes);
    }

    private static int Buffer => AreaSink<DirectDisk, WallClock, SilentConsole>.BufferBytes;

    /// <summary>What tells the disk from others; one whose partition table is malformed is a <see cref="ToolException"/>.</summary>
    public DiskIdentity Identity()
    {
        DirectDisk disk = _disk;
        Status status = PartitionTable.Read(
            ref disk, Memory(), new AreaExtent[Limits.Partitions], out _, out DiskIdentity identity);
        return status == Status.Ok ? identity : throw new ToolException(_path, Text(status));
    }

    /// <summary>The 16 bytes at an offset, which lie in one sector.</summary>
    public AreaUuid Uuid(ulong offsetBytes)
    {
        Status status = _disk.Read(offsetBytes / _disk.BlockBytes, 0, 1);
        return status == Status.Ok
            ? AreaUuid.Read(_memory.AsSpan(_alignedAt + (int)(offsetBytes % _disk.BlockBytes)))
            : throw new ToolException(_path, (long)offsetBytes, Text(status));
    }

    /// <summary>What the capture kernel will say of a map, without a write.</summary>
    public Status Look(in ExtentMap map)
    {
        var sink = new AreaSink<DirectDisk, WallClock, SilentConsole>(_disk, default, default, Memory());
        return sink.OpenFile(in map, default, new AreaExtent[Limits.Partitions]);
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    /// <summary>Text of a status.</summary>
    public static string Text(Status status) => Encoding.ASCII.GetString(StatusText.Of(status));

    private DmaBuffer Memory() => new(_memory.AsSpan(_alignedAt, Buffer), 0);
}
