using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Area;

/// <summary>
/// Reads the partitions of a disk: GPT (UEFI 2.10, chapter 5) or the four primary partitions of an MBR. A table that
/// cannot be true yields no partitions.
/// </summary>
public static class PartitionTable
{
    private const int MbrEntriesAt = 446;
    private const int MbrEntryBytes = 16;
    private const int MbrEntries = 4;
    private const byte ProtectiveType = 0xEE;
    private const int GptHeaderBytes = 92;
    private const int GptEntryBytes = 128;

    /// <summary>
    /// Finds the partitions of a disk, in the order of their entries, as many as <paramref name="found"/> holds.
    /// <paramref name="page"/> is a page-aligned buffer of 4096 bytes. No table at all is Ok with a count of 0; errors
    /// are those of the device, and <see cref="Status.PartitionsMalformed"/>.
    /// </summary>
    public static Status Read<TDisk>(ref TDisk disk, DmaBuffer page, Span<AreaExtent> found, out int count)
        where TDisk : struct, IBlockDevice
    {
        count = 0;
        if (page.Bytes.Length < Limits.PageBytes || disk.BlockBytes is not (512 or 4096))
        {
            return Status.BufferTooSmall;
        }
        Status status = disk.Read(0, page.Address, 1);
        if (status != Status.Ok)
        {
            return status;
        }
        if (page.Bytes[510] != 0x55 || page.Bytes[511] != 0xAA)
        {
            return Status.Ok;
        }
        for (int i = 0; i < MbrEntries; i++)
        {
            if (page.Bytes[MbrEntriesAt + (i * MbrEntryBytes) + 4] == ProtectiveType)
            {
                return ReadGpt(ref disk, page, found, out count);
            }
        }
        ReadMbr(page.Bytes, disk.BlockCount, found, out count);
        return Status.Ok;
    }

    private static void ReadMbr(ReadOnlySpan<byte> sector, ulong diskBlocks, Span<AreaExtent> found, out int count)
    {
        count = 0;
        for (int i = 0; i < MbrEntries; i++)
        {
            ReadOnlySpan<byte> entry = sector.Slice(MbrEntriesAt + (i * MbrEntryBytes), MbrEntryBytes);
            byte type = entry[4];
            bool isExtended = type is 0x05 or 0x0F or 0x85;
            ulong first = BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]);
            ulong blocks = BinaryPrimitives.ReadUInt32LittleEndian(entry[12..]);
            if (type != 0 && !isExtended)
            {
                Add(first, blocks, diskBlocks, found, ref count);
            }
        }
    }

    private static Status ReadGpt<TDisk>(ref TDisk disk, DmaBuffer page, Span<AreaExtent> found, out int count)
        where TDisk : struct, IBlockDevice
    {
        count = 0;
        Status status = disk.Read(1, page.Address, 1);
        if (status != Status.Ok)
        {
            return status;
        }
        ReadOnlySpan<byte> header = page.Bytes[..512];
        uint headerBytes = BinaryPrimitives.ReadUInt32LittleEndian(header[12..]);
        if (!header.StartsWith("EFI PART"u8) || headerBytes is < GptHeaderBytes or > 512)
        {
            return Status.PartitionsMalformed;
        }
        uint headerChecksum = BinaryPrimitives.ReadUInt32LittleEndian(header[16..]);
        page.Bytes.Slice(16, 4).Clear();
        if (Crc32.Of(header[..(int)headerBytes]) != headerChecksum)
        {
            return Status.PartitionsMalformed;
        }
        var array = new EntryArray(
            BinaryPrimitives.ReadUInt64LittleEndian(header[72..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[80..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[84..]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[88..]));
        return ReadEntries(ref disk, page, array, found, out count);
    }

    private static Status ReadEntries<TDisk>(
        ref TDisk disk, DmaBuffer page, in EntryArray array, Span<AreaExtent> found, out int count)
        where TDisk : struct, IBlockDevice
    {
        count = 0;
        // UEFI 2.10, 5.3.2: the size of an entry is 128 x 2^n.
        bool isPlausible = array.EntryBytes is >= GptEntryBytes and <= Limits.PageBytes
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
                AddGptEntry(entries.Slice(at, GptEntryBytes), disk.BlockCount, found, ref extents);
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

    private static void AddGptEntry(
        ReadOnlySpan<byte> entry, ulong diskBlocks, Span<AreaExtent> found, ref int count)
    {
        bool isUsed = BinaryPrimitives.ReadUInt64LittleEndian(entry) != 0
            || BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]) != 0;
        ulong first = BinaryPrimitives.ReadUInt64LittleEndian(entry[32..]);
        ulong last = BinaryPrimitives.ReadUInt64LittleEndian(entry[40..]);
        if (isUsed && last >= first && last < diskBlocks)
        {
            Add(first, last - first + 1, diskBlocks, found, ref count);
        }
    }

    private static void Add(ulong first, ulong blocks, ulong diskBlocks, Span<AreaExtent> found, ref int count)
    {
        bool isInside = first != 0 && blocks != 0 && first < diskBlocks && blocks <= diskBlocks - first;
        if (isInside && count < found.Length && count < Limits.Partitions)
        {
            found[count++] = new AreaExtent(first, blocks);
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
