using System;
using System.IO;
using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Cli;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Ckdump.Areas;

/// <summary>A dump area on the host: a disk, a partition, or an image file, opened by its path.</summary>
public sealed class AreaFile : IDisposable
{
    private AreaFile(string path, FileKind kind, SafeFileHandle handle)
    {
        Path = path;
        Kind = kind;
        Handle = handle;
        LengthBytes = Posix.Length(handle, path);
    }

    /// <summary>Path as the user gave it.</summary>
    public string Path { get; }

    /// <summary>Regular file or block device.</summary>
    public FileKind Kind { get; }

    /// <summary>The open file.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Length of the area, bytes.</summary>
    public long LengthBytes { get; }

    /// <summary>Where the label lies; negative if there is no room for one.</summary>
    public long LabelOffsetBytes => LengthBytes - AreaLabel.Bytes;

    /// <summary>
    /// Opens an area to read it, or to write it; writing to a block device needs it to be unused
    /// (<see cref="ToolException"/> otherwise).
    /// </summary>
    public static AreaFile Open(string path, bool write)
    {
        FileKind kind = Posix.KindOf(path, out _);
        if (kind is FileKind.Missing)
        {
            throw new ToolException(path, "no such file or device");
        }
        if (kind is not (FileKind.Regular or FileKind.BlockDevice))
        {
            throw new ToolException(path, "neither a regular file nor a block device");
        }
        return new AreaFile(path, kind, Posix.Open(path, write, exclusive: write && kind == FileKind.BlockDevice));
    }

    /// <summary>Makes a new image file of a length; it is deleted again if that fails.</summary>
    public static AreaFile Create(string path, long lengthBytes, bool sparse)
    {
        SafeFileHandle handle = Posix.Create(path);
        try
        {
            if (sparse)
            {
                Posix.SetLength(handle, lengthBytes, path);
            }
            else
            {
                Posix.Allocate(handle, lengthBytes, path);
            }
            return new AreaFile(path, FileKind.Regular, handle);
        }
        catch
        {
            handle.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>A UUID for a new area: random (RFC 9562, version 4).</summary>
    public static AreaUuid NewUuid() => AreaUuid.Read(Guid.NewGuid().ToByteArray(bigEndian: true));

    /// <summary>Reads the label; a file too short for one has none.</summary>
    public Status ReadLabel(out AreaLabel label)
    {
        label = default;
        if (LabelOffsetBytes < 0)
        {
            return Status.NoLabel;
        }
        byte[] page = new byte[AreaLabel.Bytes];
        int length = RandomAccess.Read(Handle, page, LabelOffsetBytes);
        return length < page.Length ? Status.NoLabel : AreaLabel.Decode(page, (ulong)LengthBytes, out label);
    }

    /// <summary>Reads the label; anything but a good one is a <see cref="ToolException"/>.</summary>
    public AreaLabel RequireLabel()
    {
        Status status = ReadLabel(out AreaLabel label);
        if (status == Status.Ok)
        {
            return label;
        }
        string text = Encoding.ASCII.GetString(StatusText.Of(status));
        throw LabelOffsetBytes < 0 ? new ToolException(Path, $"{text}: the file has only {LengthBytes} bytes")
            : status == Status.NoLabel ? new ToolException(Path, text)
            : new ToolException(Path, LabelOffsetBytes, text);
    }

    /// <summary>Writes the label, durably, after everything before it is durable.</summary>
    public void WriteLabel(in AreaLabel label)
    {
        byte[] page = new byte[AreaLabel.Bytes];
        label.Encode(page);
        RandomAccess.FlushToDisk(Handle);
        RandomAccess.Write(Handle, page, LabelOffsetBytes);
        RandomAccess.FlushToDisk(Handle);
    }

    /// <summary>
    /// Makes the area empty: zeros at its start, durably, and then the label. Whoever sees the label may rely on the
    /// rest.
    /// </summary>
    public void WriteEmpty(in AreaLabel label)
    {
        RandomAccess.Write(Handle, new byte[Math.Min(AreaLabel.BlankBytes, LabelOffsetBytes)], 0);
        WriteLabel(label);
    }

    /// <summary>Reads as much as there is at an offset, up to the length of the buffer.</summary>
    public int Read(Span<byte> buffer, long offsetBytes)
    {
        int total = 0;
        while (total < buffer.Length)
        {
            int length = RandomAccess.Read(Handle, buffer[total..], offsetBytes + total);
            if (length == 0)
            {
                break;
            }
            total += length;
        }
        return total;
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();
}
