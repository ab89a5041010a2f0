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
}
