using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CosmosKdump.Ckdump.Extents;

/// <summary>
/// Calls of Linux about where files lie and what may be done to them. Errors are <see cref="IOException"/> with the path.
/// </summary>
public static partial class FileCalls
{
    /// <summary>FS_IMMUTABLE_FL: nobody, root included, writes, moves, truncates or removes it.</summary>
    public const uint Immutable = 0x10;

    // ioctl_iflags(2), ioctl_xfs_fsgetxattr(2), Linux include/uapi/linux/fs.h and fiemap.h.
    private const ulong GetFlagsCall = 0x80086601;
    private const ulong SetFlagsCall = 0x40086602;
    private const ulong GetAttributesCall = 0x801C581F;
    private const ulong SetAttributesCall = 0x401C5820;
    private const ulong MapCall = 0xC020660B;
    private const int AttributeBytes = 28;
    private const int MapHeaderBytes = 32;
    private const int MapEntryBytes = 56;
    private const int MapEntries = 256;
    private const uint MapSync = 1;
    private const uint LastExtent = 1;
    private const int StatFsBytes = 120;
    private const int StatBytes = 256;
    private const int StatLinksAt = 16;
    private const int StatUserAt = 20;
    private const int StatModeAt = 28;
    private const int StatDeviceAt = 136;
    private const int PermissionBits = 0xFFF;
    private const uint StatBasic = 0x7FF;
    private const int EmptyPath = 0x1000;
    private const int OpenDirectFlag = 0x4000;
    private const int OpenCloseOnExec = 0x80000;
    private const int NotSupported = 95;

    /// <summary>The file system's magic number (statfs(2)).</summary>
    public static long FileSystemOf(SafeFileHandle file, string path)
    {
        byte[] result = new byte[StatFsBytes];
        Check(fstatfs(file, result), path);
        return BinaryPrimitives.ReadInt64LittleEndian(result);
    }

    /// <summary>Number of the device that the file's file system lies on, "major:minor".</summary>
    public static string DeviceOf(SafeFileHandle file, string path)
    {
        byte[] result = new byte[StatBytes];
        Check(statx(file, "", EmptyPath, StatBasic, result), path);
        uint major = BinaryPrimitives.ReadUInt32LittleEndian(result.AsSpan(StatDeviceAt));
        uint minor = BinaryPrimitives.ReadUInt32LittleEndian(result.AsSpan(StatDeviceAt + 4));
        return $"{major}:{minor}";
    }

    /// <summary>Whose the file is (statx(2)).</summary>
    public static FileOwnership OwnershipOf(SafeFileHandle file, string path)
    {
        byte[] result = new byte[StatBytes];
        Check(statx(file, "", EmptyPath, StatBasic, result), path);
        return new FileOwnership(
            BinaryPrimitives.ReadUInt32LittleEndian(result.AsSpan(StatUserAt)),
            (UnixFileMode)(BinaryPrimitives.ReadUInt16LittleEndian(result.AsSpan(StatModeAt)) & PermissionBits),
            BinaryPrimitives.ReadUInt32LittleEndian(result.AsSpan(StatLinksAt)));
    }

    /// <summary>Makes the file that of the user and the group who run this program.</summary>
    public static void TakeOwnership(SafeFileHandle file, string path) => Check(fchown(file, geteuid(), getegid()), path);

    /// <summary>The file's FS_*_FL flags; 0 where the file system has none.</summary>
    public static uint FlagsOf(SafeFileHandle file)
    {
        byte[] flags = new byte[sizeof(ulong)];
        return ioctl(file, GetFlagsCall, flags) == 0 ? BinaryPrimitives.ReadUInt32LittleEndian(flags) : 0;
    }

    /// <summary>Sets the file's FS_*_FL flags.</summary>
    public static void SetFlags(SafeFileHandle file, string path, uint value)
    {
        byte[] flags = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt32LittleEndian(flags, value);
        Check(ioctl(file, SetFlagsCall, flags), path);
    }

    /// <summary>The file's FS_XFLAG_* flags; 0 where the file system has none.</summary>
    public static uint AttributesOf(SafeFileHandle file)
    {
        byte[] attributes = new byte[AttributeBytes];
        return ioctl(file, GetAttributesCall, attributes) == 0 ? BinaryPrimitives.ReadUInt32LittleEndian(attributes) : 0;
    }

    /// <summary>Adds FS_XFLAG_* flags, where the file system has them.</summary>
    public static void AddAttributes(SafeFileHandle file, uint added)
    {
        byte[] attributes = new byte[AttributeBytes];
        if (ioctl(file, GetAttributesCall, attributes) == 0)
        {
            uint value = BinaryPrimitives.ReadUInt32LittleEndian(attributes) | added;
            BinaryPrimitives.WriteUInt32LittleEndian(attributes, value);
            _ = ioctl(file, SetAttributesCall, attributes);
        }
    }

    /// <summary>
    /// The file's extents, after everything was written to the disk; null: the file system does not tell.
    /// </summary>
    public static IReadOnlyList<MappedExtent>? ExtentsOf(SafeFileHandle file, string path, long lengthBytes)
    {
        var found = new List<MappedExtent>();
        byte[] call = new byte[MapHeaderBytes + (MapEntries * MapEntryBytes)];
        ulong at = 0;
        bool isLast = false;
        while (!isLast && at < (ulong)lengthBytes)
        {
            call.AsSpan().Clear();
            BinaryPrimitives.WriteUInt64LittleEndian(call, at);
            BinaryPrimitives.WriteUInt64LittleEndian(call.AsSpan(8), (ulong)lengthBytes - at);
            BinaryPrimitives.WriteUInt32LittleEndian(call.AsSpan(16), MapSync);
            BinaryPrimitives.WriteUInt32LittleEndian(call.AsSpan(24), MapEntries);
            if (ioctl(file, MapCall, call) != 0)
            {
                return Marshal.GetLastPInvokeError() is NotSupported ? null : throw Failure(path);
            }
            uint count = BinaryPrimitives.ReadUInt32LittleEndian(call.AsSpan(20));
            if (count == 0)
            {
                break;
            }
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> entry = call.AsSpan(MapHeaderBytes + (i * MapEntryBytes), MapEntryBytes);
                var extent = new MappedExtent(
                    BinaryPrimitives.ReadUInt64LittleEndian(entry),
                    BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]),
                    BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]),
                    BinaryPrimitives.ReadUInt32LittleEndian(entry[40..]));
                found.Add(extent);
                at = extent.FileBytes + extent.LengthBytes;
                isLast = (extent.Flags & LastExtent) != 0;
            }
        }
        return found;
    }

    /// <summary>Opens a device to read it past the page cache.</summary>
    public static SafeFileHandle OpenDirect(string path)
    {
        int descriptor = open(path, OpenDirectFlag | OpenCloseOnExec, 0);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure(path);
    }

    private static void Check(int result, string path)
    {
        if (result != 0)
        {
            throw Failure(path);
        }
    }

    private static IOException Failure(string path)
    {
        int error = Marshal.GetLastPInvokeError();
        return new($"{path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    // Variadic: its third argument is a pointer in all of these calls, which x86-64 passes alike.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle file, ulong call, byte[] argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchown(SafeFileHandle file, uint user, uint group);

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc")]
    private static partial uint getegid();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fstatfs(SafeFileHandle file, byte[] result);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(SafeFileHandle directory, string path, int flags, uint mask, byte[] result);
}
