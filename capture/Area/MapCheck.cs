using System;

namespace CosmosKdump.Capture.Area;

/// <summary>Whether a disk is the one of an extent map, and the file still where the map says. Nothing is written.</summary>
internal static class MapCheck
{
    /// <summary>
    /// The disk: <see cref="Status.MapOtherDisk"/>, or <see cref="Status.MapStale"/> if an extent does not lie wholly within
    /// one partition of a partitioned disk, or not on whole blocks, or the file system is another; and what reading the
    /// partition table says.
    /// <paramref name="partitions"/> has room for them.
    /// </summary>
    internal static Status Disk<TDisk>(
        ref TDisk disk, in ExtentMap map, DmaBuffer page, Span<AreaExtent> partitions)
        where TDisk : struct, IBlockDevice
    {
        if (disk.BlockCount * disk.BlockBytes != map.Disk.DiskBytes)
        {
            return Status.MapOtherDisk;
        }
        Status status = PartitionTable.Read(ref disk, page, partitions, out int count, out DiskIdentity identity);
        if (status != Status.Ok)
        {
            return status;
        }
        if (!DiskIdentity.Same(identity, map.Disk))
        {
            return Status.MapOtherDisk;
        }
        for (int i = 0; i < map.Count; i++)
        {
            FileExtent extent = map.Extent(i);
            bool isWhole = ((extent.DiskBytes | extent.LengthBytes) & (disk.BlockBytes - 1)) == 0;
            var blocks = new AreaExtent(extent.DiskBytes / disk.BlockBytes, extent.LengthBytes / disk.BlockBytes);
            if (!isWhole || (identity.Table != TableKind.None && !IsInside(in blocks, partitions[..count])))
            {
                return Status.MapStale;
            }
        }
        status = disk.Read(map.VolumeUuidBytes / disk.BlockBytes, page.Address, 1);
        AreaUuid volume = AreaUuid.Read(page.Bytes[(int)(map.VolumeUuidBytes & (disk.BlockBytes - 1))..]);
        return status != Status.Ok ? status
            : AreaUuid.Same(volume, map.VolumeUuid) ? Status.Ok
            : Status.MapStale;
    }

    /// <summary>
    /// The stamps of every extent of an empty area. A page that cannot be read is no sign that the file has moved, but each
    /// extent needs a stamp that can.
    /// </summary>
    internal static Status Stamps<TDisk, TClock, TConsole>(
        ref PageWriter<TDisk, TClock, TConsole> writer, in ExtentMap map, HeldBuffer page)
        where TDisk : struct, IBlockDevice
        where TClock : struct, IClock
        where TConsole : struct, IConsole
    {
        Status status = Status.Ok;
        for (int i = 0; i < map.Count && status == Status.Ok; i++)
        {
            status = Extent(ref writer, in map, map.Extent(i), page);
        }
        return status;
    }

    private static Status Extent<TDisk, TClock, TConsole>(
        ref PageWriter<TDisk, TClock, TConsole> writer, in ExtentMap map, FileExtent extent, HeldBuffer page)
        where TDisk : struct, IBlockDevice
        where TClock : struct, IClock
        where TConsole : struct, IConsole
    {
        ulong end = extent.FileBytes + extent.LengthBytes;
        if (end == map.AreaBytes)
        {
            // The last page of the file is the label, which was read through the map too.
            end -= AreaLabel.Bytes;
        }
        Status result = end == extent.FileBytes ? Status.Ok : Status.MapStale;
        ulong at = extent.FileBytes;
        while (at < end)
        {
            ulong diskBytes = extent.DiskBytes + (at - extent.FileBytes);
            Status status = writer.ReadPage(diskBytes / writer.BlockBytes, page.Address);
            if (status == Status.Ok)
            {
                if (!new AreaStamp(map.Uuid, at, diskBytes).IsOn(page.Bytes))
                {
                    return Status.MapStale;
                }
                result = Status.Ok;
            }
            else if (status != Status.RequestFailed)
            {
                return status;
            }
            at += AreaStamp.Bytes;
            at = at < end ? AreaStamp.Next(at, end, map.AreaBytes) : end;
        }
        return result;
    }

    private static bool IsInside(in AreaExtent blocks, ReadOnlySpan<AreaExtent> partitions)
    {
        bool isInside = false;
        for (int i = 0; i < partitions.Length && !isInside; i++)
        {
            AreaExtent partition = partitions[i];
            isInside = blocks.FirstBlock >= partition.FirstBlock
                && blocks.BlockCount <= partition.BlockCount
                && blocks.FirstBlock - partition.FirstBlock <= partition.BlockCount - blocks.BlockCount;
        }
        return isInside;
    }
}
