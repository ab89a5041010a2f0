using System;
using System.Buffers.Binary;
using CosmosKdump.Capture;
using CosmosKdump.Tests.EndToEnd.Bare;

namespace CosmosKdump.Tests.EndToEnd.Faults;

/// <summary>Writes a GUID partition table (UEFI 2.10, chapter 5), without its copy at the end.</summary>
public static class GptTable
{
    private const int RecordBytes = 512;
    private const int EntryBytes = 128;
    private const int Entries = 128;
    private const int HeaderBytes = 92;

    /// <summary>Writes a table of these partitions: position and length, bytes.</summary>
    public static void Write(TestDisk disk, (int AtBytes, int LengthBytes)[] partitions, int blockBytes = 512)
    {
        byte[] entries = new byte[Entries * EntryBytes];
        for (int i = 0; i < partitions.Length; i++)
        {
            Span<byte> entry = entries.AsSpan(i * EntryBytes);
            // Linux filesystem data (Discoverable Partitions Specification's generic type).
            new Guid("0fc63daf-8483-4772-8e79-3d69d8477de4").TryWriteBytes(entry);
            Guid.NewGuid().TryWriteBytes(entry[16..]);
            int first = partitions[i].AtBytes / blockBytes;
            BinaryPrimitives.WriteInt64LittleEndian(entry[32..], first);
            BinaryPrimitives.WriteInt64LittleEndian(entry[40..], first + (partitions[i].LengthBytes / blockBytes) - 1);
        }
        disk.Write(0, ProtectiveRecord(disk.LengthBytes / blockBytes));
        disk.Write(blockBytes, Header(disk.LengthBytes / blockBytes, Crc32.Of(entries)));
        disk.Write(2 * blockBytes, entries);
    }

    private static byte[] ProtectiveRecord(long blocks)
    {
        byte[] record = new byte[RecordBytes];
        record[450] = 0xEE;
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(454), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(458), (uint)(blocks - 1));
        record[510] = 0x55;
        record[511] = 0xAA;
        return record;
    }

    private static byte[] Header(long blocks, uint entriesChecksum)
    {
        byte[] header = new byte[RecordBytes];
        Span<byte> field = header;
        "EFI PART"u8.CopyTo(field);
        BinaryPrimitives.WriteUInt32LittleEndian(field[8..], 0x10000);
        BinaryPrimitives.WriteUInt32LittleEndian(field[12..], HeaderBytes);
        BinaryPrimitives.WriteInt64LittleEndian(field[24..], 1);
        BinaryPrimitives.WriteInt64LittleEndian(field[32..], blocks - 1);
        BinaryPrimitives.WriteInt64LittleEndian(field[40..], 34);
        BinaryPrimitives.WriteInt64LittleEndian(field[48..], blocks - 34);
        Guid.NewGuid().TryWriteBytes(field[56..]);
        BinaryPrimitives.WriteInt64LittleEndian(field[72..], 2);
        BinaryPrimitives.WriteUInt32LittleEndian(field[80..], Entries);
        BinaryPrimitives.WriteUInt32LittleEndian(field[84..], EntryBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(field[88..], entriesChecksum);
        BinaryPrimitives.WriteUInt32LittleEndian(field[16..], Crc32.Of(header.AsSpan(0, HeaderBytes)));
        return header;
    }
}
