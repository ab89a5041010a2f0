using System;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using CosmosKdump.Capture;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Analyzer.Files;

/// <summary>
/// The bytes of a file or block device of any size, read lazily at any offset through a small cache. Never throws for
/// what the file holds, nor when it shrinks or fails meanwhile. Not for several threads at a time.
/// </summary>
public sealed class FileBytes : IDumpBytes
{
    private const int BlockBytes = 16 * 1024;
    private const int Slots = 256;

    private readonly SafeFileHandle _handle;
    private readonly Slot[] _slots = new Slot[Slots];

    private FileBytes(string path, SafeFileHandle handle, long lengthBytes)
    {
        Path = path;
        _handle = handle;
        LengthBytes = lengthBytes;
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <summary>Length when it was opened, bytes.</summary>
    public long LengthBytes { get; }

    /// <inheritdoc/>
    public long FileLengthBytes => LengthBytes;

    /// <inheritdoc/>
    public FileProblem? Problem => null;

    /// <summary>Opens a file or block device for reading.</summary>
    public static bool TryOpen(
        string path,
        [NotNullWhen(true)] out FileBytes? file,
        [NotNullWhen(false)] out FileProblem? problem)
    {
        file = NativeFile.TryOpen(path, out SafeFileHandle? handle, out long length, out problem)
            ? new FileBytes(path, handle, length)
            : null;
        return file is not null;
    }

    /// <inheritdoc/>
    public Status Read(ulong offsetBytes, Span<byte> destination)
    {
        ulong length = (ulong)LengthBytes;
        ulong inside = offsetBytes >= length ? 0 : Math.Min(length - offsetBytes, (ulong)destination.Length);
        Status status = inside == (ulong)destination.Length ? Status.Ok : Status.MemoryUnreadable;
        destination[(int)inside..].Clear();
        Span<byte> rest = destination[..(int)inside];
        long offset = (long)offsetBytes;
        while (rest.Length > 0)
        {
            int done = rest.Length >= BlockBytes ? ReadThrough(offset, rest) : ReadCached(offset, rest);
            if (done == 0)
            {
                rest.Clear();
                return Status.MemoryUnreadable;
            }
            offset += done;
            rest = rest[done..];
        }
        return status;
    }

    /// <inheritdoc/>
    public long PlaceOf(long offsetBytes) => offsetBytes;

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private int ReadCached(long offset, Span<byte> destination)
    {
        long block = offset / BlockBytes;
        ref Slot slot = ref _slots[block % Slots];
        if (slot.Bytes is null || slot.Block != block)
        {
            slot.Bytes ??= new byte[BlockBytes];
            slot.Block = block;
            slot.Length = ReadThrough(block * BlockBytes, slot.Bytes);
        }
        int at = (int)(offset % BlockBytes);
        int count = Math.Min(slot.Length - at, destination.Length);
        if (count <= 0)
        {
            return 0;
        }
        slot.Bytes.AsSpan(at, count).CopyTo(destination);
        return count;
    }

    // As many bytes as come, 0 at the end or after an error.
    private int ReadThrough(long offset, Span<byte> destination)
    {
        try
        {
            int total = 0;
            while (total < destination.Length)
            {
                int done = RandomAccess.Read(_handle, destination[total..], offset + total);
                if (done <= 0)
                {
                    break;
                }
                total += done;
            }
            return total;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private struct Slot
    {
        public byte[]? Bytes;
        public long Block;
        public int Length;
    }
}
