using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Area;

/// <summary>Reads a GUID partition table (UEFI 2.10, 5.3), or its backup at the end of the disk.</summary>
internal static class GuidTable
{
    private const int HeaderBytes = 92;
    private const int LeastEntryBytes = 128;

    /// <summary>The partitions and the disk's GUID; errors as those of <see cref="PartitionTable"/>.</summary>
    internal static Status Read<TDisk>(
        ref TDisk disk, DmaBuffer page, Span<AreaExtent> found, out int count, out AreaUuid guid)
        where TDisk : struct, IBlockDevice
    {
        Status status = ReadAt(ref disk, page, 1, found, out count, out guid);
        if (status == Status.Ok || disk.BlockCount < 3)
        {
            return status;
        }
        Status backup = ReadAt(ref disk, page, disk.BlockCount - 1, found, out count, out guid);
        return backup == Status.Ok ? backup : status;
    }

    private static Status ReadAt<TDisk>(
        ref TDisk disk, DmaBuffer page, ulong block, Span<AreaExtent> found, out int count, out AreaUuid guid)
        where TDisk : struct, IBlockDevice
    {
        count = 0;
        guid = default;
        Status status = disk.Read(block, page.Address, 1);
        if (status != Status.Ok)
        {
            return status;
        }
        ReadOnlySpan<byte> header = page.Bytes[..512];
        uint headerBytes = BinaryPrimitives.ReadUInt32LittleEndian(header[12..]);
        if (!header.StartsWith("EFI PART"u8) || headerBytes is < HeaderBytes or > 512)
        {
            return Status.PartitionsMalformed;
        }
        uint headerChecksum = BinaryPrimitives.ReadUInt32LittleEndian(header[16..]);
        page.Bytes.Slice(16, 4).Clear();
        // MyLBA: a header that lies elsewhere was copied there, with a disk of another size perhaps.
        if (Crc32.Of(header[..(int)headerBytes]) != headerChecksum
            || BinaryPrimitives.ReadUInt64LittleEndian(header[24..]) != block)
        {
            return Status.PartitionsMalformed;
        }
        AreaUuid read = AreaUuid.Read(header[56..]);
        var array = new EntryArray(
            BinaryPrimitives.ReadUInt64LittleEndian(header[72..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[80..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[84..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[88..]));
        status = ReadEntries(ref disk, page, array, found, out count);
        if (status == Status.Ok)
        {
            guid = read;
        }
        return status;
    }

    private static Status ReadEntries<TDisk>(
        ref TDisk disk, DmaBuffer page, in EntryArray array, Span<AreaExtent> found, out int count)
        where TDisk : struct, IBlockDevice
    {
        count = 0;
        // UEFI 2.10, 5.3.2: the size of an entry is 128 x 2^n.
        bool isPlausible = array.EntryBytes is >= LeastEntryBytes and <= Limits.PageBytes
            && (array.EntryBytes & (array.EntryBytes - 1)) == 0
            && array.Count <= Limits.PartitionArrayBytes / array.EntryBytes;
        if (!isPlausible)
        {
            return Status.PartitionsMalformed;
        }
        uint left = array.Count * array.EntryBytes;
        ulong block = array.FirstBlock;
        uint checksum = 0;
        int extents = 0;
        while (left > 0)
        {
            uint bytes = left < Limits.PageBytes ? left : Limits.PageBytes;
            uint blocks = (bytes + disk.BlockBytes - 1) / disk.BlockBytes;
            if (block >= disk.BlockCount || blocks > disk.BlockCount - block)
            {
                return Status.PartitionsMalformed;
            }
            Status status = ReadBlocks(ref disk, page, block, blocks);
            if (status != Status.Ok)
            {
                return status;
            }
            ReadOnlySpan<byte> entries = page.Bytes[..(int)bytes];
            checksum = Crc32.Append(checksum, entries);
            for (int at = 0; at < entries.Length; at += (int)array.EntryBytes)
            {
                AddEntry(entries.Slice(at, LeastEntryBytes), disk.BlockCount, found, ref extents);
            }
            left -= bytes;
            block += blocks;
        }
        if (checksum != array.Checksum)
        {
            return Status.PartitionsMalformed;
        }
        count = extents;
        return Status.Ok;
    }

    private static Status ReadBlocks<TDisk>(ref TDisk disk, DmaBuffer page, ulong block, uint blocks)
        where TDisk : struct, IBlockDevice
    {
        return blocks > disk.MaxBlocksPerRequest ? Status.DeviceUnsupported : disk.Read(block, page.Address, blocks);
    }

    private static void AddEntry(
        ReadOnlySpan<byte> entry, ulong diskBlocks, Span<AreaExtent> found, ref int count)
    {
        bool isUsed = BinaryPrimitives.ReadUInt64LittleEndian(entry) != 0
            || BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]) != 0;
        ulong first = BinaryPrimitives.ReadUInt64LittleEndian(entry[32..]);
        ulong last = BinaryPrimitives.ReadUInt64LittleEndian(entry[40..]);
        if (isUsed && last >= first && last < diskBlocks)
        {
            PartitionTable.Add(first, last - first + 1, diskBlocks, found, ref count);
        }
    }

    private readonly struct EntryArray(ulong firstBlock, uint count, uint entryBytes, uint checksum)
    {
        public ulong FirstBlock { get; } = firstBlock;
        public uint Count { get; } = count;
        public uint EntryBytes { get; } = entryBytes;
        public uint Checksum { get; } = checksum;
    }
}
