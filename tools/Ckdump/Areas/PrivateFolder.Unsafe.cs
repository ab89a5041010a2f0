using System;
using System.Buffers.Binary;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Ckdump.Areas;

/// <summary>
/// Folders that nobody but root and this user can have put anything into: only what they hold is believed. Errors are
/// <see cref="SystemCallException"/>.
/// </summary>
public static partial class PrivateFolder
{
    private const int AtCurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint BasicStats = 0x7FF;
    private const int StatxBytes = 256;
    private const int UserAt = 20;
    private const int ModeAt = 28;
    private const int LengthAt = 40;
    private const int BlocksAt = 48;
    private const int BlockBytes = 512;
    private const int TypeMask = 0xF000;
    private const int DirectoryType = 0x4000;
    private const int RegularType = 0x8000;
    private const int OthersWrite = 0x12;
    private const uint OwnerOnly = 0x1C0;
    private const int LockExclusive = 2;
    private const int LockNoWait = 4;

    /// <summary>Makes a folder for its owner alone; one that is there already, a link included, is an error.</summary>
    public static void Make(string path)
    {
        if (mkdir(path, OwnerOnly) != 0)
        {
            throw new SystemCallException(path, Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
        }
    }

    /// <summary>The path is a folder, no link to one, of root or this user, and nobody else may write to it.</summary>
    public static bool Is(string path)
    {
        byte[] stat = new byte[StatxBytes];
        if (!TryStat(path, stat, out int mode) || (mode & TypeMask) != DirectoryType || (mode & OthersWrite) != 0)
        {
            return false;
        }
        uint user = BinaryPrimitives.ReadUInt32LittleEndian(stat.AsSpan(UserAt));
        return user == 0 || user == geteuid();
    }

    /// <summary>Length of a regular file, bytes; null if the path names none, a link included.</summary>
    public static ulong? FileLength(string path)
    {
        byte[] stat = new byte[StatxBytes];
        return TryStat(path, stat, out int mode) && (mode & TypeMask) == RegularType
            ? BinaryPrimitives.ReadUInt64LittleEndian(stat.AsSpan(LengthAt))
            : null;
    }

    /// <summary>Bytes that a folder's files take on their medium, holes not counted; links are not followed.</summary>
    public static long AllocatedBytes(string path)
    {
        long total = 0;
        byte[] stat = new byte[StatxBytes];
        foreach (string each in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories))
        {
            if (TryStat(each, stat, out int mode) && (mode & TypeMask) == RegularType)
            {
                total += (long)BinaryPrimitives.ReadUInt64LittleEndian(stat.AsSpan(BlocksAt)) * BlockBytes;
            }
        }
        return total;
    }

    /// <summary>
    /// Takes the lock of an open file, device or folder (flock(2)), which lasts until it is closed; false: another
    /// process has it.
    /// </summary>
    public static bool TryLock(SafeFileHandle file) => flock(file, LockExclusive | LockNoWait) == 0;

    private static bool TryStat(string path, byte[] stat, out int mode)
    {
        bool isRead = statx(AtCurrentDirectory, path, NoFollow, BasicStats, stat) == 0;
        mode = BinaryPrimitives.ReadUInt16LittleEndian(stat.AsSpan(ModeAt));
        return isRead;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkdir(string path, uint mode);

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte[] result);
}
