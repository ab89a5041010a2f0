using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;

namespace CosmosKdump.Ckdump.Extents;

/// <summary>Makes the extent map of a file that is a dump area.</summary>
public static class AreaMap
{
    /// <summary>
    /// The map of a file that <c>ckdump prepare --file</c> made, for the capture kernel's initrd; checked on the disk by the
    /// capture kernel's own rules. Needs root. A file that lost its lock and lies where its stamps say is locked again. What
    /// is wrong is a <see cref="ToolException"/>.
    /// </summary>
    public static byte[] Build(string path)
    {
        using AreaFile file = AreaFile.Open(path, write: false);
        AreaLabel label = file.RequireLabel();
        const string Advice = "run ckdump prepare --file";
        if (file.Kind != FileKind.Regular || !label.IsFile)
        {
            throw new ToolException(path, "is not prepared as a file of a file system", Advice);
        }
        FileSystemCheck.Require(file);
        PrivateFile.Require(file, Advice);
        uint flags = FileCalls.FlagsOf(file.Handle);
        if ((flags & FileCalls.Immutable) != 0)
        {
            byte[] map = EncodeWhereItLies(file, label, out Status status);
            // The stamps of an area with a dump are gone: the capture kernel will refuse it until it is saved.
            bool isKnown = status == Status.Ok || (status == Status.DumpNotSaved && label.HoldsUnsavedDump);
            return isKnown ? map : throw new ToolException(path, RawView.Text(status), Advice);
        }
        return Protect(file, label, flags)
            ?? throw new ToolException(path, "is not protected against moves (chattr +i): it may have moved", Advice);
    }

    // A save that was interrupted leaves the file without its lock. Right stamps prove its place, once it cannot move.
    private static byte[]? Protect(AreaFile file, in AreaLabel label, uint flags)
    {
        bool isRight = false;
        FileCalls.SetFlags(file.Handle, file.Path, flags | FileCalls.Immutable);
        try
        {
            byte[] map = EncodeWhereItLies(file, label, out Status status);
            isRight = status == Status.Ok;
            return isRight ? map : null;
        }
        finally
        {
            if (!isRight)
            {
                FileCalls.SetFlags(file.Handle, file.Path, flags);
            }
        }
    }

    private static byte[] EncodeWhereItLies(AreaFile file, in AreaLabel label, out Status status) =>
        Encode(file, label.Uuid, Locate(file), out status);

    /// <summary>
    /// Where a file lies on its disk, which the capture kernel must have a driver for. <paramref name="unwritten"/>: blocks
    /// that were only allocated will do.
    /// </summary>
    internal static DiskExtents Locate(AreaFile file, bool unwritten = false)
    {
        string device = FileCalls.DeviceOf(file.Handle, file.Path);
        IReadOnlyList<MappedExtent> mapped = FileCalls.ExtentsOf(file.Handle, file.Path, file.LengthBytes)
            ?? throw new ToolException(file.Path, "is on a file system that does not tell where files lie (FIEMAP)");
        uint ignored = unwritten ? ExtentCheck.Unwritten : 0;
        FileExtent[] extents = ExtentCheck.Require(
            file.Path, mapped.Select(each => each with { Flags = each.Flags & ~ignored }), file.LengthBytes);
        DiskExtents place = new DiskResolver("/sys", new KernelMapperTables()).Resolve(file.Path, device, extents);
        if (place.Extents.Count > Limits.MapExtents)
        {
            throw new ToolException(file.Path, $"lies in {place.Extents.Count} pieces, at most {Limits.MapExtents} can be told",
                "make it smaller, or on a file system with more free space");
        }
        string? reach = new CaptureReach("/sys", "/dev").Find(place.Number);
        return reach is null ? place : throw new ToolException(file.Path, $"its disk {place.Name} {reach}");
    }

    /// <summary>The map, and what the capture kernel will say of it.</summary>
    internal static byte[] Encode(AreaFile file, in AreaUuid uuid, DiskExtents place, out Status status)
    {
        using var disk = new RawView(place.Name, place.Number);
        FileExtent volume = VolumeUuidPlace(file);
        byte[] buffer = GC.AllocateArray<byte>(ExtentMap.BytesOf(place.Extents.Count), pinned: true);
        status = ExtentMap.Encode(
            uuid, disk.Identity(), disk.Uuid(volume.DiskBytes), volume.DiskBytes, place.Extents.ToArray(), buffer, out _);
        ExtentMap map = default;
        if (status == Status.Ok)
        {
            status = ExtentMap.Open(new HeldBuffer(new DmaBuffer(buffer, 0)), out map);
        }
        if (status != Status.Ok)
        {
            throw new ToolException(file.Path, RawView.Text(status));
        }
        status = disk.Look(in map);
        return buffer;
    }

    // s_uuid of struct ext4_super_block, which lies at 1024; sb_uuid of struct xfs_dsb, which lies at 0.
    private static FileExtent VolumeUuidPlace(AreaFile file)
    {
        ulong at = FileSystemCheck.IsXfs(FileCalls.FileSystemOf(file.Handle, file.Path)) ? 32UL : 1024 + 0x68;
        string device = FileCalls.DeviceOf(file.Handle, file.Path);
        var uuid = new FileExtent(0, at, AreaUuid.Bytes);
        return new DiskResolver("/sys", new KernelMapperTables()).Resolve(file.Path, device, [uuid]).Extents[0];
    }
}
