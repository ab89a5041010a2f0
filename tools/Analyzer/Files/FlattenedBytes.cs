using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Capture;

namespace CosmosKdump.Analyzer.Files;

/// <summary>
/// A flattened dump, as <c>makedumpfile -F</c> writes it where it cannot seek (makedumpfile's IMPLEMENTATION document,
/// "The flattened format"): a header of 4096 bytes, then records of an offset, a length and so many bytes, in any
/// order, until an offset of -1. It is read where it lies, by an index of its records.
/// </summary>
public sealed class FlattenedBytes : IDumpBytes
{
    /// <summary>Bytes before the first record.</summary>
    public const int HeaderBytes = 4096;

    /// <summary>Bytes of offset and length before each record's data.</summary>
    public const int RecordBytes = 16;

    private const int MostRecords = 1 << 25;
    private const long EndMark = -1;

    private readonly FileBytes _file;
    private readonly RangeIndex _records;

    private FlattenedBytes(FileBytes file, List<FileRange> records, FileProblem? problem)
    {
        _file = file;
        Problem = problem;
        RecordCount = records.Count;
        foreach (FileRange record in records)
        {
            LengthBytes = Math.Max(LengthBytes, (long)record.End);
        }
        _records = RangeIndex.OfPieces(records);
    }

    /// <summary>The signature, with its terminating zero.</summary>
    public static ReadOnlySpan<byte> Signature => "makedumpfile\0"u8;

    /// <inheritdoc/>
    public string Path => _file.Path;

    /// <inheritdoc/>
    public long FileLengthBytes => _file.LengthBytes;

    /// <inheritdoc/>
    public long LengthBytes { get; }

    /// <inheritdoc/>
    public FileProblem? Problem { get; }

    /// <summary>Records in the file.</summary>
    public int RecordCount { get; }

    /// <summary>Whether a file begins as flattened ones do.</summary>
    public static bool IsFlattened(FileBytes file)
    {
        Span<byte> start = stackalloc byte[Signature.Length];
        return file.Read(0, start) == Status.Ok && start.SequenceEqual(Signature);
    }

    /// <summary>Reads the index of a flattened file; the file is then the index's to dispose.</summary>
    public static bool TryRead(
        FileBytes file,
        [NotNullWhen(true)] out FlattenedBytes? flattened,
        [NotNullWhen(false)] out FileProblem? problem)
    {
        flattened = null;
        Span<byte> header = stackalloc byte[32];
        problem = file.Read(0, header) != Status.Ok ? new FileProblem("ends within the flattened header", file.LengthBytes)
            : BinaryPrimitives.ReadInt64BigEndian(header[16..]) != 1
                ? new FileProblem("flattened dump of an unknown type", 16)
            : BinaryPrimitives.ReadInt64BigEndian(header[24..]) != 1
                ? new FileProblem("flattened dump of an unknown version", 24)
            : null;
        if (problem is not null)
        {
            return false;
        }
        List<FileRange> records = [];
        FileProblem? end = ReadRecords(file, records);
        if (records.Count == 0)
        {
            problem = end ?? new FileProblem("flattened dump without a record", HeaderBytes);
            return false;
        }
        flattened = new FlattenedBytes(file, records, end);
        return true;
    }

    /// <inheritdoc/>
    public Status Read(ulong offsetBytes, Span<byte> destination)
    {
        Status status = Status.Ok;
        while (destination.Length > 0)
        {
            bool isFound = _records.TryFind(offsetBytes, out FileRange record);
            ulong known = isFound ? record.End - offsetBytes : _records.GapAfter(offsetBytes);
            Span<byte> piece = destination[..(int)Math.Min(known, (ulong)destination.Length)];
            Status pieceStatus = Status.Ok;
            if (isFound)
            {
                pieceStatus = _file.Read(record.OffsetBytes + (offsetBytes - record.Start), piece);
            }
            else
            {
                // What no record holds was skipped over: zeros, as in the file that would be made of the records.
                piece.Clear();
                pieceStatus = offsetBytes < (ulong)LengthBytes ? Status.Ok : Status.MemoryUnreadable;
            }
            status = status == Status.Ok ? pieceStatus : status;
            offsetBytes += (ulong)piece.Length;
            destination = destination[piece.Length..];
        }
        return status;
    }

    /// <inheritdoc/>
    public long PlaceOf(long offsetBytes) => _records.TryFind((ulong)offsetBytes, out FileRange record)
        ? (long)(record.OffsetBytes + ((ulong)offsetBytes - record.Start))
        : FileLengthBytes;

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static FileProblem? ReadRecords(FileBytes file, List<FileRange> records)
    {
        Span<byte> header = stackalloc byte[RecordBytes];
        for (long at = HeaderBytes; ;)
        {
            if (file.LengthBytes - at < RecordBytes || file.Read((ulong)at, header) != Status.Ok)
            {
                return new FileProblem("the flattened dump ends without an end mark", file.LengthBytes);
            }
            long offset = BinaryPrimitives.ReadInt64BigEndian(header);
            long length = BinaryPrimitives.ReadInt64BigEndian(header[8..]);
            if (offset == EndMark)
            {
                return null;
            }
            if (offset < 0 || length <= 0 || length > long.MaxValue - offset)
            {
                return new FileProblem($"flattened record of {length} bytes for offset {offset}", at);
            }
            if (records.Count == MostRecords)
            {
                return new FileProblem($"more than {MostRecords} flattened records", at, "rebuild it with makedumpfile -R");
            }
            long held = Math.Min(length, file.LengthBytes - at - RecordBytes);
            if (held > 0)
            {
                records.Add(new FileRange((ulong)offset, (ulong)(offset + held), (ulong)(at + RecordBytes), records.Count));
            }
            if (held < length)
            {
                return new FileProblem($"the flattened dump ends within a record of {length} bytes", file.LengthBytes);
            }
            at += RecordBytes + length;
        }
    }
}
