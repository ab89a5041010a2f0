using System;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture;

namespace CosmosKdump.Analyzer.Kdump;

/// <summary>
/// The headers of a kdump-compressed dump of x86-64: struct disk_dump_header in block 0 and struct kdump_sub_header in
/// block 1, versions 1 to 6 (makedumpfile's IMPLEMENTATION document and diskdump_mod.h).
/// </summary>
public sealed class KdumpHeader
{
    /// <summary>Size of struct disk_dump_header, bytes.</summary>
    public const int Bytes = 464;

    /// <summary>Size of struct kdump_sub_header of version 6, bytes.</summary>
    public const int SubHeaderBytes = 104;

    /// <summary>Newest version that is known.</summary>
    public const int NewestVersion = 6;

    private const ulong MostPages = Limits.PhysicalEnd / Limits.PageBytes;
    private const int NameBytes = 65;
    private const int VersionAt = 8;
    private const int NamesAt = 12;
    private const int BlockSizeAt = 428;
    private const int BitmapBlocksAt = 436;

    private KdumpHeader(ReadOnlySpan<byte> main, ReadOnlySpan<byte> sub)
    {
        Version = BinaryPrimitives.ReadInt32LittleEndian(main[VersionAt..]);
        NodeName = NameOf(main, 1);
        Release = NameOf(main, 2);
        Machine = NameOf(main, 4);
        TimeSeconds = BinaryPrimitives.ReadInt64LittleEndian(main[408..]);
        Flags = (KdumpFlags)BinaryPrimitives.ReadUInt32LittleEndian(main[424..]);
        BlockBytes = BinaryPrimitives.ReadInt32LittleEndian(main[BlockSizeAt..]);
        SubHeaderBlocks = BinaryPrimitives.ReadUInt32LittleEndian(main[432..]);
        BitmapBlocks = BinaryPrimitives.ReadUInt32LittleEndian(main[BitmapBlocksAt..]);
        CpuCount = BinaryPrimitives.ReadInt32LittleEndian(main[460..]);
        PhysicalBase = Number(sub, 0);
        DumpLevel = BinaryPrimitives.ReadInt32LittleEndian(sub[8..]);
        IsSplit = Version >= 2 && BinaryPrimitives.ReadInt32LittleEndian(sub[12..]) != 0;
        PageCount = Version >= 6 ? Number(sub, 96) : BinaryPrimitives.ReadUInt32LittleEndian(main[440..]);
        FirstPage = !IsSplit ? 0 : Number(sub, Version >= 6 ? 80 : 16);
        EndPage = !IsSplit ? PageCount : Math.Min(PageCount, Number(sub, Version >= 6 ? 88 : 24));
        Info = Version >= 3 ? new KdumpPlace(Number(sub, 32), Number(sub, 40)) : default;
        Notes = Version >= 4 ? new KdumpPlace(Number(sub, 48), Number(sub, 56)) : default;
        EraseInfo = Version >= 5 ? new KdumpPlace(Number(sub, 64), Number(sub, 72)) : default;
    }

    /// <summary>The signature of the format.</summary>
    public static ReadOnlySpan<byte> Signature => "KDUMP   "u8;

    /// <summary>header_version.</summary>
    public int Version { get; }

    /// <summary>Host name of utsname; empty in dumps whose writer did not know it.</summary>
    public string NodeName { get; }

    /// <summary>Kernel release of utsname.</summary>
    public string Release { get; }

    /// <summary>Machine of utsname.</summary>
    public string Machine { get; }

    /// <summary>tv_sec of timestamp, seconds since 1970.</summary>
    public long TimeSeconds { get; }

    /// <summary>status.</summary>
    public KdumpFlags Flags { get; }

    /// <summary>block_size, bytes.</summary>
    public int BlockBytes { get; }

    /// <summary>sub_hdr_size, blocks.</summary>
    public uint SubHeaderBlocks { get; }

    /// <summary>bitmap_blocks, blocks of both bitmaps together.</summary>
    public uint BitmapBlocks { get; }

    /// <summary>nr_cpus.</summary>
    public int CpuCount { get; }

    /// <summary>phys_base, two's complement.</summary>
    public ulong PhysicalBase { get; }

    /// <summary>dump_level.</summary>
    public int DumpLevel { get; }

    /// <summary>The file is one of several that share a dump.</summary>
    public bool IsSplit { get; }

    /// <summary>max_mapnr: one past the highest page frame number.</summary>
    public ulong PageCount { get; }

    /// <summary>First page frame number of this file.</summary>
    public ulong FirstPage { get; }

    /// <summary>One past the last page frame number of this file.</summary>
    public ulong EndPage { get; }

    /// <summary>The VMCOREINFO text.</summary>
    public KdumpPlace Info { get; }

    /// <summary>The ELF notes.</summary>
    public KdumpPlace Notes { get; }

    /// <summary>What was erased from the dump, as text.</summary>
    public KdumpPlace EraseInfo { get; }

    /// <summary>Offset of the bitmaps, bytes.</summary>
    public ulong BitmapOffset => (1UL + SubHeaderBlocks) * (uint)BlockBytes;

    /// <summary>Bytes of all bitmaps.</summary>
    public ulong BitmapBytes => (ulong)BitmapBlocks * (uint)BlockBytes;

    /// <summary>Offset of the first page descriptor, bytes.</summary>
    public ulong DescriptorOffset => BitmapOffset + BitmapBytes;

    /// <summary>Two bitmaps, of memory and of kept pages; else one is both (diskdump's full dumps).</summary>
    public bool HasTwoBitmaps => BitmapBytes / 2 * 8 >= PageCount;

    /// <summary>Offset of the bitmap of kept pages, bytes.</summary>
    public ulong KeptBitmapOffset => BitmapOffset + (HasTwoBitmaps ? BitmapBytes / 2 : 0);

    /// <summary>Whether a dump begins as this format does.</summary>
    public static bool IsKdump(IDumpBytes bytes)
    {
        Span<byte> start = stackalloc byte[8];
        return bytes.Read(0, start) == Status.Ok && start.SequenceEqual(Signature);
    }

    /// <summary>Reads and checks the headers; what they say of places lies within the dump or is refused.</summary>
    public static bool TryRead(
        IDumpBytes bytes,
        ulong lengthBytes,
        [NotNullWhen(true)] out KdumpHeader? header,
        [NotNullWhen(false)] out FileProblem? problem)
    {
        header = null;
        Span<byte> main = stackalloc byte[Bytes];
        Span<byte> sub = stackalloc byte[SubHeaderBytes];
        if (bytes.Read(0, main) != Status.Ok || bytes.Read(Limits.PageBytes, sub) != Status.Ok)
        {
            problem = new FileProblem("ends within the kdump headers", bytes.LengthBytes);
            return false;
        }
        KdumpHeader read = new(main, sub);
        problem = read.Check(lengthBytes);
        header = problem is null ? read : null;
        return header is not null;
    }

    private FileProblem? Check(ulong lengthBytes) =>
        Version is < 1 or > NewestVersion
            ? new FileProblem($"kdump header version {Version}: 1 to {NewestVersion} are known", VersionAt)
        : BlockBytes != Limits.PageBytes
            ? new FileProblem($"kdump block size {BlockBytes}, not {Limits.PageBytes} as on x86-64", BlockSizeAt)
        : SubHeaderBlocks == 0 ? new FileProblem("kdump sub header of 0 blocks", 432)
        : PageCount is 0 or > MostPages
            ? new FileProblem($"{PageCount} pages (max_mapnr): 1 to {MostPages} can be true", Version >= 6 ? 4096 + 96 : 440)
        : BitmapBytes * 8 < PageCount
            ? new FileProblem($"bitmaps of {BitmapBlocks} blocks are too short for {PageCount} pages", BitmapBlocksAt)
        : FirstPage > EndPage
            ? new FileProblem($"split dump of the pages {FirstPage} to {EndPage}", 4096 + 16)
        : DescriptorOffset > lengthBytes
            ? new FileProblem($"ends within the bitmaps, which take {BitmapBytes} bytes at offset {BitmapOffset}",
                (long)lengthBytes)
        : null;

    private static ulong Number(ReadOnlySpan<byte> raw, int at) => BinaryPrimitives.ReadUInt64LittleEndian(raw[at..]);

    private static string NameOf(ReadOnlySpan<byte> main, int field)
    {
        ReadOnlySpan<byte> name = main.Slice(NamesAt + (field * NameBytes), NameBytes);
        int end = name.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? name : name[..end]);
    }
}
