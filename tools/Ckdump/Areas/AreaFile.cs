using System;
using System.IO;
using System.Text;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Extents;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Ckdump.Areas;

/// <summary>A dump area on the host: a disk, a partition, or an image file, opened by its path.</summary>
public sealed class AreaFile : IDisposable
{
    private bool _isUnlocked;

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
        FileKind kind = InputFile.RequireKind(path);
        if (kind is not (FileKind.Regular or FileKind.BlockDevice))
        {
            throw new ToolException(path, "neither a regular file nor a block device");
        }
        bool isUnlocked = write && kind == FileKind.Regular && Unlock(path);
        try
        {
            SafeFileHandle handle = Posix.Open(path, write, exclusive: write && kind == FileKind.BlockDevice);
            return new AreaFile(path, kind, handle) { _isUnlocked = isUnlocked };
        }
        catch
        {
            if (isUnlocked)
            {
                Lock(path);
            }
            throw;
        }
    }

    /// <summary>
    /// Opens an area whose dump is copied and which is emptied then. A file of a file system that is locked stays locked
    /// (<see cref="WhileWritable"/>); anything else is opened to be written, which may fail now rather than then.
    /// </summary>
    public static AreaFile OpenLocked(string path)
    {
        AreaFile file = Open(path, write: false);
        if (file.IsLocked())
        {
            return file;
        }
        file.Dispose();
        return Open(path, write: true);
    }

    /// <summary>
    /// Does work on the area, opened for writing. A file of a file system is locked afterwards, whether it was before or
    /// not: one that may move is no dump area.
    /// </summary>
    public void WhileWritable(Action<AreaFile> work)
    {
        bool isFile = ReadLabel(out AreaLabel label) == Status.Ok && label.IsFile;
        bool wasLocked = IsLocked();
        if (wasLocked)
        {
            FileCalls.SetFlags(Handle, Path, FileCalls.FlagsOf(Handle) & ~FileCalls.Immutable);
        }
        try
        {
            if (wasLocked)
            {
                // By the open file, which the path may not name any more.
                string self = $"/proc/self/fd/{Handle.DangerousGetHandle()}";
                using AreaFile writable = new(Path, Kind, Posix.Open(self, write: true, exclusive: false));
                work(writable);
            }
            else
            {
                work(this);
            }
        }
        finally
        {
            if (wasLocked)
            {
                Lock();
            }
        }
        if (isFile && !wasLocked)
        {
            Lock();
        }
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
        throw status == Status.NoLabel
            ? NoLabel()
            : new ToolException(Path, LabelOffsetBytes, Encoding.ASCII.GetString(StatusText.Of(status)));
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
    /// rest. An area that is a file gets its stamps too (<see cref="FileArea"/>).
    /// </summary>
    public void WriteEmpty(in AreaLabel label)
    {
        if (label.IsFile)
        {
            _ = FileArea.WriteEmpty(this, label);
            return;
        }
        RandomAccess.Write(Handle, new byte[Math.Min(AreaLabel.BlankBytes, LabelOffsetBytes)], 0);
        WriteLabel(label);
    }

    /// <summary>
    /// Reads as much as there is at an offset, up to the length of the buffer; an error of the medium is a
    /// <see cref="ToolException"/>.
    /// </summary>
    public int Read(Span<byte> buffer, long offsetBytes)
    {
        int total = 0;
        try
        {
            int length;
            while (total < buffer.Length && (length = RandomAccess.Read(Handle, buffer[total..], offsetBytes + total)) > 0)
            {
                total += length;
            }
            return total;
        }
        catch (IOException failure)
        {
            throw new ToolException(Path, offsetBytes + total, failure.Message);
        }
    }

    // Who copied only a part of an area must not be told to prepare it.
    private ToolException NoLabel()
    {
        const string Reads = "ckdump info, log and convert read what there is";
        if (LengthBytes == 0)
        {
            return new ToolException(Path, "the file is empty");
        }
        byte[] start = new byte[Math.Min(Limits.PageBytes, LengthBytes)];
        Read(start, 0);
        if (!DumpHeader.IsDump(start))
        {
            return new ToolException(Path, "no dump area: there is no label in its last 4096 bytes",
                "name the disk, partition or file that ckdump prepare was given");
        }
        if (!VmcoreFile.TryOpen(Path, out VmcoreFile? vmcore, out _))
        {
            return new ToolException(Path, "holds a dump, but no dump area's label in its last 4096 bytes", Reads);
        }
        using (vmcore)
        {
            return vmcore.NeededBytes > (ulong)LengthBytes
                ? new ToolException(Path, LengthBytes, $"truncated: the dump alone has {vmcore.NeededBytes} bytes, and the "
                    + "dump area's label behind it is missing", $"copy the whole area; {Reads}")
                : new ToolException(Path, "holds a whole dump, but no dump area's label in its last 4096 bytes",
                    $"a plain file needs no saving, a copied area was truncated; {Reads}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Handle.Dispose();
        if (_isUnlocked)
        {
            _isUnlocked = false;
            Lock(Path);
        }
    }

    /// <summary>The file stays as it is now, locked or not, when it is closed.</summary>
    public void KeepLock() => _isUnlocked = false;

    // Only the lock of a dump area is taken away for a moment: other immutable files are somebody's decision.
    private bool IsLocked() => Kind == FileKind.Regular && (FileCalls.FlagsOf(Handle) & FileCalls.Immutable) != 0
        && ReadLabel(out AreaLabel label) == Status.Ok && label.IsFile;

    private static bool Unlock(string path)
    {
        using AreaFile file = Open(path, write: false);
        bool isLocked = file.IsLocked();
        if (isLocked)
        {
            FileCalls.SetFlags(file.Handle, path, FileCalls.FlagsOf(file.Handle) & ~FileCalls.Immutable);
        }
        return isLocked;
    }

    private static void Lock(string path)
    {
        using AreaFile file = Open(path, write: false);
        file.Lock();
    }

    private void Lock() => FileCalls.SetFlags(Handle, Path, FileCalls.FlagsOf(Handle) | FileCalls.Immutable);
}
