using System;
using System.IO;
using System.Linq;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Extents;

/// <summary>
/// Whether files of a file system stay where they are, and whether it knows nothing of their content that a writer below it
/// would make false.
/// </summary>
public static class FileSystemCheck
{
    private const long Ext = 0xEF53;
    private const long Xfs = 0x58465342;

    // FS_*_FL of Linux, include/uapi/linux/fs.h, and FS_XFLAG_REALTIME.
    private const uint Compressed = 0x4;
    private const uint Encrypted = 0x800;
    private const uint Journaled = 0x4000;
    private const uint Verity = 0x100000;
    private const uint Inline = 0x10000000;
    private const uint RealTime = 0x1;

    /// <summary>The magic number is that of xfs.</summary>
    public static bool IsXfs(long magic) => (uint)magic == (uint)Xfs;

    /// <summary>Says why files of a file system, by its magic number, cannot be dump areas, or null.</summary>
    public static string? FindFileSystem(long magic) => (uint)magic switch
    {
        (uint)Ext or (uint)Xfs => null,
        0x9123683E => "is on btrfs, which copies on write, and tells addresses that are not those of a disk",
        0x01021994 => "is on tmpfs, which is memory",
        0x858458F6 => "is on ramfs, which is memory",
        0x794C7630 => "is on overlayfs: name the file in the file system below it",
        0x6969 => "is on NFS, which is no disk of this machine",
        0xFF534D42 or 0xFE534D42 => "is on a network share, which is no disk of this machine",
        0x01021997 => "is on 9p, which is no disk of this machine",
        0x65735546 => "is on FUSE, which is no file system of the kernel",
        0x2FC12FC1 => "is on ZFS, which copies on write",
        0xF2F52010 => "is on f2fs, which moves files",
        0x4D44 => "is on FAT, which tells no extents",
        uint other => $"is on a file system of another kind (magic number 0x{other:x})",
    } is string what ? what + ": a dump area is a file of ext2, ext3, ext4 or xfs" : null;

    /// <summary>Says why a file with these flags (FS_*_FL, FS_XFLAG_*) cannot be a dump area, or null.</summary>
    public static string? FindFlags(uint flags, uint attributes) =>
        (flags & Compressed) != 0 ? "is compressed by the file system"
        : (flags & Encrypted) != 0 ? "is encrypted by the file system"
        : (flags & Verity) != 0 ? "has checksums of the file system (fs-verity)"
        : (flags & Inline) != 0 ? "lies among metadata (inline data)"
        : (flags & Journaled) != 0 ? "has its data in the journal, from where old data would be written over the dump"
        : (attributes & RealTime) != 0 ? "is on the real-time device of an xfs"
        : null;

    /// <summary>Says why a mounted ext file system cannot hold dump areas, or null. <paramref name="procRoot"/>: /proc.</summary>
    public static string? FindMount(string procRoot, string deviceName)
    {
        string options = Path.Combine(procRoot, "fs", "ext4", deviceName, "options");
        bool isJournaled = File.Exists(options) && File.ReadLines(options).Any(line => line.Trim() == "data=journal");
        return isJournaled
            ? "is on an ext4 with data=journal: old data would be written from the journal over the dump"
            : null;
    }

    /// <summary>Throws a <see cref="ToolException"/> for a file that cannot be a dump area.</summary>
    public static void Require(AreaFile file)
    {
        string number = FileCalls.DeviceOf(file.Handle, file.Path);
        string name = new SystemFolder("/sys/dev/block/" + number).Name;
        string? reason = FindFileSystem(FileCalls.FileSystemOf(file.Handle, file.Path))
            ?? FindFlags(FileCalls.FlagsOf(file.Handle), FileCalls.AttributesOf(file.Handle))
            ?? FindMount("/proc", name);
        if (reason is not null)
        {
            throw new ToolException(file.Path, reason);
        }
    }
}
