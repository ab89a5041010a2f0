using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using CosmosKdump.Analyzer.Codecs;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kdump;
using CosmosKdump.Capture.Input;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Analyzer.Fakes;

/// <summary>Builds a small kdump-compressed dump in memory, as makedumpfile lays it out.</summary>
internal sealed class KdumpBuilder
{
    public const int Page = 4096;

    private readonly SortedDictionary<ulong, byte[]?> _pages = [];

    public int Version { get; init; } = 6;

    public Compressor Compressor { get; init; } = Compressor.Zlib;

    public int Level { get; init; } = 31;

    public ulong PhysicalBase { get; init; }

    /// <summary>Pages after so many are not written, and the dump is marked incomplete.</summary>
    public int WrittenPages { get; init; } = int.MaxValue;

    /// <summary>The pages of a split dump, or null.</summary>
    public (ulong First, ulong End)? Split { get; init; }

    public byte[] Notes { get; init; } = [];

    /// <summary>One past the highest page, by default behind the last one.</summary>
    public ulong? PageCount { get; init; }

    /// <summary>Offsets of the last <see cref="Build"/>, for damage.</summary>
    public int BitmapAt { get; private set; }

    public int KeptBitmapAt { get; private set; }

    public int DescriptorsAt { get; private set; }

    public int DataAt { get; private set; }

    public static KdumpBuilder Of(SyntheticKernel kernel, Compressor compressor = Compressor.Zlib, int version = 6) =>
        new KdumpBuilder
        {
            Compressor = compressor,
            Version = version,
            Notes = kernel.ToBuilder().Notes,
            PhysicalBase = SyntheticKernel.Physical - 0x0900_0000,
        }.Memory(SyntheticKernel.Physical, kernel.Memory);

    public KdumpBuilder Memory(ulong physical, byte[] bytes)
    {
        for (int at = 0; at < bytes.Length; at += Page)
        {
            _pages[(physical + (ulong)at) / Page] = bytes[at..(at + Page)];
        }
        return this;
    }

    public KdumpBuilder Exclude(ulong physical, int pages = 1)
    {
        for (ulong i = 0; i < (ulong)pages; i++)
        {
            _pages[(physical / Page) + i] = null;
        }
        return this;
    }

    public byte[] Build()
    {
        ulong count = PageCount ?? _pages.Keys.Last() + 1;
        int bitmapBlocks = (int)((count + (Page * 8) - 1) / (Page * 8));
        int subBlocks = (KdumpHeader.SubHeaderBytes + Notes.Length + Page - 1) / Page;
        BitmapAt = (1 + subBlocks) * Page;
        KeptBitmapAt = BitmapAt + (bitmapBlocks * Page);
        DescriptorsAt = KeptBitmapAt + (bitmapBlocks * Page);
        KeyValuePair<ulong, byte[]?>[] kept = [.. _pages.Where(page => page.Value is not null && IsHere(page.Key))];
        DataAt = DescriptorsAt + (kept.Length * PageDescriptor.Bytes);
        MemoryStream data = new();
        byte[] head = new byte[DataAt];
        WriteHeaders(head, count, subBlocks, bitmapBlocks * 2);
        foreach (KeyValuePair<ulong, byte[]?> page in _pages)
        {
            Set(head, BitmapAt, page.Key);
            Set(head, KeptBitmapAt, page.Key, page.Value is not null);
        }
        long zeroAt = -1;
        for (int i = 0; i < kept.Length && i < WrittenPages; i++)
        {
            bool isZero = kept[i].Value.AsSpan().IndexOfAnyExcept((byte)0) < 0;
            long at = isZero && zeroAt >= 0 ? zeroAt : DataAt + data.Length;
            zeroAt = isZero ? at : zeroAt;
            (byte[] stored, uint flags) = isZero ? (kept[i].Value!, 0U) : Compressed(kept[i].Value!);
            if (at == DataAt + data.Length)
            {
                data.Write(stored);
            }
            Span<byte> descriptor = head.AsSpan(DescriptorsAt + (i * PageDescriptor.Bytes));
            BinaryPrimitives.WriteInt64LittleEndian(descriptor, at);
            BinaryPrimitives.WriteInt32LittleEndian(descriptor[8..], stored.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(descriptor[12..], flags);
        }
        return [.. head, .. data.ToArray()];
    }

    /// <summary>A flattened dump of pieces of a dump, in the order in which they are given.</summary>
    public static byte[] Flatten(byte[] dump, IEnumerable<(int Start, int Length)> pieces, bool hasEnd = true)
    {
        MemoryStream file = new();
        byte[] header = new byte[FlattenedBytes.HeaderBytes];
        FlattenedBytes.Signature.CopyTo(header);
        header[23] = 1;
        header[31] = 1;
        file.Write(header);
        foreach ((int start, int length) in pieces)
        {
            WriteRecord(file, start, length, dump.AsSpan(start, length));
        }
        if (hasEnd)
        {
            WriteRecord(file, -1, -1, []);
        }
        return file.ToArray();
    }

    /// <summary>Pieces of random lengths that cover a dump, in random order.</summary>
    public static (int Start, int Length)[] Shuffled(int seed, int length)
    {
        Random random = new(seed);
        List<(int, int)> pieces = [];
        for (int at = 0; at < length;)
        {
            int piece = Math.Min(random.Next(1, 20_000), length - at);
            pieces.Add((at, piece));
            at += piece;
        }
        (int, int)[] all = [.. pieces];
        random.Shuffle(all);
        return all;
    }

    public static void WriteRecord(Stream file, long offset, long length, ReadOnlySpan<byte> bytes)
    {
        Span<byte> record = stackalloc byte[FlattenedBytes.RecordBytes];
        BinaryPrimitives.WriteInt64BigEndian(record, offset);
        BinaryPrimitives.WriteInt64BigEndian(record[8..], length);
        file.Write(record);
        file.Write(bytes);
    }

    private bool IsHere(ulong pfn) => Split is not (ulong first, ulong end) || (pfn >= first && pfn < end);

    private (byte[] Stored, uint Flags) Compressed(byte[] page)
    {
        if (Compressor == Compressor.None)
        {
            return (page, 0);
        }
        Assert.True(PageCodec.TryCreate(Compressor, out PageCodec? codec, out FileProblem? problem), problem?.ToString());
        using (codec)
        {
            byte[] output = new byte[Page - 1];
            int length = codec.Compress(page, output);
            return length == 0 ? (page, 0) : (output[..length], Flag());
        }
    }

    private uint Flag() => Compressor switch
    {
        Compressor.Zlib => 0x1,
        Compressor.Lzo => 0x2,
        Compressor.Zstd => 0x20,
        _ => 0,
    };

    private void WriteHeaders(Span<byte> head, ulong count, int subBlocks, int bitmapBlocks)
    {
        "KDUMP   "u8.CopyTo(head);
        WriteInt(head, 8, Version);
        "Linux"u8.CopyTo(head[12..]);
        Encoding.ASCII.GetBytes(SyntheticKernel.Release).CopyTo(head[(12 + 130)..]);
        "x86_64"u8.CopyTo(head[(12 + 260)..]);
        WriteInt(head, 424, (int)Flag() | (WrittenPages == int.MaxValue ? 0 : 8));
        WriteInt(head, 428, Page);
        WriteInt(head, 432, subBlocks);
        WriteInt(head, 436, bitmapBlocks);
        WriteInt(head, 440, (int)Math.Min(count, uint.MaxValue));
        WriteInt(head, 460, 2);
        Span<byte> sub = head[Page..];
        WriteLong(sub, 0, PhysicalBase);
        WriteInt(sub, 8, Level);
        if (Split is (ulong first, ulong end) && Version >= 2)
        {
            WriteInt(sub, 12, 1);
            WriteLong(sub, Version >= 6 ? 80 : 16, first);
            WriteLong(sub, Version >= 6 ? 88 : 24, end);
        }
        if (Notes.Length == 0)
        {
            WriteLong(sub, 96, Version >= 6 ? count : 0);
            return;
        }
        const int NotesAt = Page + KdumpHeader.SubHeaderBytes;
        Notes.CopyTo(head[NotesAt..]);
        int info = Notes.AsSpan().IndexOf("OSRELEASE="u8);
        int infoLength = Notes.AsSpan(info).IndexOf((byte)0) is int zero and >= 0 ? zero : Notes.Length - info;
        ulong[] values = [NotesAt + (ulong)info, (ulong)infoLength, NotesAt, (ulong)Notes.Length];
        for (int i = 0; i < (Version >= 4 ? 4 : Version >= 3 ? 2 : 0); i++)
        {
            WriteLong(sub, 32 + (8 * i), values[i]);
        }
        WriteLong(sub, 96, Version >= 6 ? count : 0);
    }

    private static void Set(Span<byte> head, int at, ulong pfn, bool isSet = true)
    {
        ref byte value = ref head[at + (int)(pfn / 8)];
        value |= (byte)(isSet ? 1 << (int)(pfn % 8) : 0);
    }

    private static void WriteInt(Span<byte> raw, int at, int value) =>
        BinaryPrimitives.WriteInt32LittleEndian(raw[at..], value);

    private static void WriteLong(Span<byte> raw, int at, ulong value) =>
        BinaryPrimitives.WriteUInt64LittleEndian(raw[at..], value);
}
