using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Encode.Flat;

/// <summary>
/// The flattened format, for what cannot seek (makedumpfile's IMPLEMENTATION, "The flattened format"): a header, then
/// records of an offset in the dump, a length, and so many bytes, in any order, and a mark at the end. Numbers are
/// big-endian.
/// </summary>
public static class FlatFormat
{
    /// <summary>Bytes before the first record.</summary>
    public const int HeaderBytes = 4096;

    /// <summary>Bytes of offset and length before each record's data.</summary>
    public const int RecordBytes = 16;

    /// <summary>Offset and length of the end mark.</summary>
    public const long EndMark = -1;

    private const ulong Type = 1;
    private const ulong Version = 1;
    private const int TypeAt = 16;
    private const int VersionAt = 24;

    /// <summary>The first bytes of a flattened dump, with the zero that ends them.</summary>
    public static ReadOnlySpan<byte> Signature => "makedumpfile\0"u8;

    /// <summary>Writes the header.</summary>
    public static void WriteHeader(Span<byte> destination)
    {
        destination[..HeaderBytes].Clear();
        Signature.CopyTo(destination);
        BinaryPrimitives.WriteUInt64BigEndian(destination[TypeAt..], Type);
        BinaryPrimitives.WriteUInt64BigEndian(destination[VersionAt..], Version);
    }

    /// <summary>Whether a header is one that is understood.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> source) =>
        source.StartsWith(Signature)
        && BinaryPrimitives.ReadUInt64BigEndian(source[TypeAt..]) == Type
        && BinaryPrimitives.ReadUInt64BigEndian(source[VersionAt..]) == Version;

    /// <summary>Writes what comes before a record's data; the end mark is a record of which both are that.</summary>
    public static void WriteRecord(Span<byte> destination, long offsetBytes, long lengthBytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, (ulong)offsetBytes);
        BinaryPrimitives.WriteUInt64BigEndian(destination[sizeof(long)..], (ulong)lengthBytes);
    }

    /// <summary>Reads what comes before a record's data.</summary>
    public static void ReadRecord(ReadOnlySpan<byte> source, out long offsetBytes, out long lengthBytes)
    {
        offsetBytes = (long)BinaryPrimitives.ReadUInt64BigEndian(source);
        lengthBytes = (long)BinaryPrimitives.ReadUInt64BigEndian(source[sizeof(long)..]);
    }

    /// <summary>
    /// How often the first record must come once more, at the end of so many records, to replace the first one for every
    /// reader: 2 to 4 times. Who writes the records out in turn (makedumpfile -R), or keeps the last of a position
    /// (libkdumpfile), needs one. crash sorts them by position, the newest of one position first, and halves the number of
    /// all records until a record holds the position (its makedumpfile.c, read_flattened_format): the first such number
    /// must not be that of the copies, which is the old record's place.
    /// </summary>
    public static ulong HeaderCopies(ulong records)
    {
        ulong copies = 1;
        ulong place;
        do
        {
            copies++;
            place = records + copies;
            while (place > copies)
            {
                place /= 2;
            }
        }
        // It is only if the number of all begins with the copies' binary digits: one of 2, 3 and 4 is never one of them.
        while (place == copies && copies < 4);
        return copies;
    }
}
