using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Area;

/// <summary>
/// Reads the partitions of a disk: GPT (UEFI 2.10, chapter 5), its backup where the primary table is damaged; or an MBR
/// with its logical partitions. A table that cannot be true yields no partitions.
/// </summary>
public static class PartitionTable
{
    private const int SignatureAt = 440;
    private const int MbrEntriesAt = 446;
    private const int MbrEntryBytes = 16;
    private const int MbrEntries = 4;
    private const byte ProtectiveType = 0xEE;

    /// <summary>
    /// Finds the partitions of a disk, in the order of their entries, as many as <paramref name="found"/> holds.
    /// <paramref name="page"/> is a page-aligned buffer of 4096 bytes. No table at all is Ok with a count of 0; errors
    /// are those of the device, and <see cref="Status.PartitionsMalformed"/>. Where only the logical partitions of an MBR
    /// cannot be true, the primary ones are found all the same.
    /// </summary>
    public static Status Read<TDisk>(ref TDisk disk, DmaBuffer page, Span<AreaExtent> found, out int count)
        where TDisk : struct, IBlockDevice => Read(ref disk, page, found, out count, out _);

    /// <summary>The same, and what tells this disk from others.</summary>
    public static Status Read<TDisk>(
        ref TDisk disk, DmaBuffer page, Span<AreaExtent> found, out int count, out DiskIdentity identity)
        where TDisk : struct, IBlockDevice
    {
        count = 0;
        identity = default;
        if (page.Bytes.Length < Limits.PageBytes || disk.BlockBytes is not (512 or 4096))
        {
            return Status.BufferTooSmall;
        }
        identity.DiskBytes = disk.BlockCount * disk.BlockBytes;
        Status status = disk.Read(0, page.Address, 1);
        if (status != Status.Ok)
        {
            return status;
        }
        // Whatever else such a record holds, as in Linux (block/partitions/efi.c).
        for (int i = 0; i < MbrEntries && IsSigned(page.Bytes); i++)
        {
            if (Entry(page.Bytes, i)[4] == ProtectiveType)
            {
                identity.Table = TableKind.Gpt;
                return GuidTable.Read(ref disk, page, found, out count, out identity.DiskGuid);
            }
        }
        if (!IsBootRecord(page.Bytes))
        {
            return Status.Ok;
        }
        identity.Table = TableKind.Mbr;
        identity.MbrSignature = BinaryPrimitives.ReadUInt32LittleEndian(page.Bytes[SignatureAt..]);
        return ReadMbr(ref disk, page, found, out count);
    }

    /// <summary>Adds a partition if it lies on the disk and there is room for it.</summary>
    internal static void Add(ulong first, ulong blocks, ulong diskBlocks, Span<AreaExtent> found, ref int count)
    {
        bool isInside = first != 0 && blocks != 0 && first < diskBlocks && blocks <= diskBlocks - first;
        if (isInside && count < found.Length && count < Limits.Partitions)
        {
            found[count++] = new AreaExtent(first, blocks);
        }
    }

    // A boot sector of a file system ends like one too, but has code where the entries are: the first byte of an entry
    // is 0 or 0x80 (Linux, block/partitions/msdos.c).
    private static bool IsBootRecord(ReadOnlySpan<byte> sector)
    {
        bool isRecord = IsSigned(sector);
        for (int i = 0; i < MbrEntries; i++)
        {
            isRecord &= (Entry(sector, i)[0] & 0x7F) == 0;
        }
        return isRecord;
    }

    private static bool IsSigned(ReadOnlySpan<byte> sector) => sector[510] == 0x55 && sector[511] == 0xAA;

    private static Status ReadMbr<TDisk>(ref TDisk disk, DmaBuffer page, Span<AreaExtent> found, out int count)
        where TDisk : struct, IBlockDevice
    {
        count = 0;
        Span<AreaExtent> extended = stackalloc AreaExtent[MbrEntries];
        int chains = 0;
        for (int i = 0; i < MbrEntries; i++)
        {
            ReadOnlySpan<byte> entry = Entry(page.Bytes, i);
            if (IsExtended(entry))
            {
                Add(First(entry), Blocks(entry), disk.BlockCount, extended, ref chains);
            }
            else if (entry[4] != 0)
            {
                Add(First(entry), Blocks(entry), disk.BlockCount, found, ref count);
            }
        }
        Status result = Status.Ok;
        for (int i = 0; i < chains; i++)
        {
            int before = count;
            Status status = ReadChain(ref disk, page, extended[i], found, ref count);
            if (status != Status.Ok)
            {
                count = before;
                result = status;
            }
        }
        return result;
    }

    /// <summary>
    /// The logical partitions of an extended one: each boot record names one, from its own block, and the next record,
    /// from the start of the extended partition. What lies outside of it, or comes again, ends the chain as malformed.
    /// </summary>
    private static Status ReadChain<TDisk>(
        ref TDisk disk, DmaBuffer page, AreaExtent extended, Span<AreaExtent> found, ref int count)
        where TDisk : struct, IBlockDevice
    {
        ulong record = extended.FirstBlock;
        for (int links = 0; links < Limits.Partitions; links++)
        {
            Status status = disk.Read(record, page.Address, 1);
            if (status != Status.Ok)
            {
                return status;
            }
            if (!IsBootRecord(page.Bytes))
            {
                // An extended partition that nothing was made in yet has no record.
                return links == 0 ? Status.Ok : Status.PartitionsMalformed;
            }
            ulong next = 0;
            for (int i = 0; i < MbrEntries; i++)
            {
                ReadOnlySpan<byte> entry = Entry(page.Bytes, i);
                if (IsExtended(entry))
                {
                    next = next == 0 ? First(entry) : next;
                }
                else if (entry[4] != 0)
                {
                    Add(record + First(entry), Blocks(entry), extended.FirstBlock + extended.BlockCount, found, ref count);
                }
            }
            if (next == 0)
            {
                return Status.Ok;
            }
            if (next >= extended.BlockCount || extended.FirstBlock + next == record)
            {
                return Status.PartitionsMalformed;
            }
            record = extended.FirstBlock + next;
        }
        return Status.PartitionsMalformed;
    }

    private static bool IsExtended(ReadOnlySpan<byte> entry) => entry[4] is 0x05 or 0x0F or 0x85;

    private static ulong First(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]);

    private static ulong Blocks(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadUInt32LittleEndian(entry[12..]);

    private static ReadOnlySpan<byte> Entry(ReadOnlySpan<byte> sector, int index) =>
        sector.Slice(MbrEntriesAt + (index * MbrEntryBytes), MbrEntryBytes);
}
