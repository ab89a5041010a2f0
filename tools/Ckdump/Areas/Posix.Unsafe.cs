using System;
using System.Buffers.Binary;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Ckdump.Areas;

/// <summary>The few calls of Linux that .NET has no name for. Errors are <see cref="SystemCallException"/>.</summary>
public static partial class Posix
{
    /// <summary>open(2): fail if the file exists.</summary>
    public const int Exclusive = 0x80;

    private const int OpenReadWrite = 2;
    private const int OpenCreate = 0x40;
    private const int OpenNoControl = 0x100;
    private const int OpenDirectory = 0x10000;
    private const int OpenCloseOnExec = 0x80000;
    private const int SeekEnd = 2;
    private const int SeekData = 3;
    private const int SeekHole = 4;
    private const int NoSuchEntry = 2;
    private const int NoSuchAddress = 6;
    private const int AtCurrentDirectory = -100;
    private const uint StatxBasicStats = 0x7FF;
    private const int StatxBytes = 256;
    private const int StatxModeAt = 28;
    private const int StatxDeviceAt = 128;
    private const int TypeMask = 0xF000;
    private const short PollIn = 1;

    /// <summary>Opens a file or device; for a block device, <paramref name="exclusive"/> means that nobody uses it.</summary>
    public static SafeFileHandle Open(string path, bool write, bool exclusive) =>
        Handle(open(path, (write ? OpenReadWrite : 0) | (exclusive ? Exclusive : 0) | OpenCloseOnExec, 0), path);

    /// <summary>Opens a terminal or serial line without making it the process's own.</summary>
    public static SafeFileHandle OpenTerminal(string path) =>
        Handle(open(path, OpenReadWrite | OpenNoControl | OpenCloseOnExec, 0), path);

    /// <summary>Makes a new file, never opening one that exists; for its owner alone, as a dump holds all secrets.</summary>
    public static SafeFileHandle Create(string path)
    {
        int file = open(path, OpenReadWrite | OpenCreate | Exclusive | OpenCloseOnExec, 0x180);
        return file < 0 && Marshal.GetLastPInvokeError() == NoSuchEntry
            ? throw new SystemCallException(path, "cannot be made: its directory does not exist, or takes no files")
            : Handle(file, path);
    }

    /// <summary>Length of a file or block device, bytes.</summary>
    public static long Length(SafeFileHandle file, string path) => Seek(file, 0, SeekEnd, path);

    /// <summary>The next byte at or after an offset that is not in a hole; the length if there is none.</summary>
    public static long NextData(SafeFileHandle file, long offsetBytes, long lengthBytes)
    {
        long data = lseek(file, offsetBytes, SeekData);
        if (data >= 0)
        {
            return data;
        }
        // ENXIO: only a hole follows. Anything else: the file system knows nothing of holes.
        return Marshal.GetLastPInvokeError() == NoSuchAddress ? lengthBytes : offsetBytes;
    }

    /// <summary>The next hole at or after an offset; the length if there is none.</summary>
    public static long NextHole(SafeFileHandle file, long offsetBytes, long lengthBytes)
    {
        long hole = lseek(file, offsetBytes, SeekHole);
        return hole < 0 ? lengthBytes : Math.Min(hole, lengthBytes);
    }

    /// <summary>Gives the file its length, with space on the medium for every byte.</summary>
    public static void Allocate(SafeFileHandle file, long lengthBytes, string path)
    {
        int error = posix_fallocate(file, 0, lengthBytes);
        if (error != 0)
        {
            throw Failure(path, error);
        }
    }

    /// <summary>Waits until a file has bytes to read, or has ended; false: not in time.</summary>
    public static bool WaitReadable(SafeHandle file, int milliseconds)
    {
        bool isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld);
            var wait = new PollEntry { Descriptor = (int)file.DangerousGetHandle(), Events = PollIn };
            return poll(ref wait, 1, milliseconds) != 0;
        }
        finally
        {
            if (isHeld)
            {
                file.DangerousRelease();
            }
        }
    }

    /// <summary>Gives the file its length, as a hole.</summary>
    public static void SetLength(SafeFileHandle file, long lengthBytes, string path)
    {
        if (ftruncate(file, lengthBytes) != 0)
        {
            throw Failure(path, Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Makes the names in a directory durable.</summary>
    public static void SyncDirectory(string path)
    {
        using SafeFileHandle directory = Handle(open(path, OpenDirectory | OpenCloseOnExec, 0), path);
        if (fsync(directory) != 0)
        {
            throw Failure(path, Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>What a path names, links followed.</summary>
    public static FileKind KindOf(string path, out string deviceNumber)
    {
        deviceNumber = "";
        byte[] stat = new byte[StatxBytes];
        if (statx(AtCurrentDirectory, path, 0, StatxBasicStats, stat) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            return error == NoSuchEntry ? FileKind.Missing : throw Failure(path, error);
        }
        uint major = BinaryPrimitives.ReadUInt32LittleEndian(stat.AsSpan(StatxDeviceAt));
        uint minor = BinaryPrimitives.ReadUInt32LittleEndian(stat.AsSpan(StatxDeviceAt + 4));
        deviceNumber = $"{major}:{minor}";
        return (BinaryPrimitives.ReadUInt16LittleEndian(stat.AsSpan(StatxModeAt)) & TypeMask) switch
        {
            0x8000 => FileKind.Regular,
            0x6000 => FileKind.BlockDevice,
            0x4000 => FileKind.Directory,
            0x2000 => FileKind.CharacterDevice,
            0xC000 => FileKind.Socket,
            _ => FileKind.Other,
        };
    }

    private static long Seek(SafeFileHandle file, long offsetBytes, int whence, string path)
    {
        long position = lseek(file, offsetBytes, whence);
        return position >= 0 ? position : throw Failure(path, Marshal.GetLastPInvokeError());
    }

    private static SafeFileHandle Handle(int descriptor, string path) =>
        descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw Failure(path, Marshal.GetLastPInvokeError());

    private static SystemCallException Failure(string path, int error) =>
        new(path, Marshal.GetPInvokeErrorMessage(error));

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(SafeFileHandle file, long offset, int whence);

    [LibraryImport("libc")]
    private static partial int posix_fallocate(SafeFileHandle file, long offset, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(ref PollEntry entries, ulong count, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(SafeFileHandle file, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte[] result);

    // poll(2).
    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
