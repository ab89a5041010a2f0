using System;
using System.Buffers.Binary;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Encode.Kdump;

/// <summary>
/// The header and sub header of a kdump-compressed dump, version 6 (makedumpfile: diskdump_mod.h, struct
/// disk_dump_header and struct kdump_sub_header).
/// </summary>
public static class KdumpHeader
{
    /// <summary>Bytes of the sub header, rounded up so that notes behind it are aligned.</summary>
    public const int SubHeaderBytes = 112;

    /// <summary>status: the dump was not finished.</summary>
    public const uint Incomplete = 8;

    /// <summary>status: page structs of excluded pages are left out.</summary>
    public const uint ExcludedPageStructs = 0x10;

    /// <summary>Where the header's status lies.</summary>
    public const int StatusAt = 424;

    private const int Version = 6;
    private const int VersionAt = 8;
    private const int NamesAt = 12;
    private const int NameBytes = 65;
    private const int Names = 6;
    private const int ReleaseName = 2;
    private const int TimeAt = 408;
    private const int BlockBytesAt = 428;
    private const int SubHeaderBlocksAt = 432;
    private const int BitmapBlocksAt = 436;
    private const int EndPfnAt = 440;
    private const int RamBlocksAt = 444;
    private const int CpusAt = 460;
    private const int LevelAt = 8;
    private const int InfoOffsetAt = 32;
    private const int InfoBytesAt = 40;
    private const int NoteOffsetAt = 48;
    private const int NoteBytesAt = 56;
    private const int EndPfn64At = 96;

    /// <summary>The flag of a compressor, in the header's status and in page descriptors (DUMP_DH_COMPRESSED_*).</summary>
    public static uint FlagOf(Compressor compressor) => compressor switch
    {
        Compressor.Zlib => 1,
        Compressor.Lzo or Compressor.Auto => 2,
        Compressor.Zstd => 0x20,
        _ => 0,
    };

    /// <summary>Writes the header into a page.</summary>
    public static void Write<TMemory>(
        ref TMemory memory,
        scoped in CapturePlan plan,
        in KdumpLayout layout,
        uint status,
        Span<byte> page)
        where TMemory : struct, IPhysicalMemory
    {
        page[..Limits.PageBytes].Clear();
        "KDUMP   "u8.CopyTo(page);
        BinaryPrimitives.WriteInt32LittleEndian(page[VersionAt..], Version);
        WriteNames(ref memory, in plan, page.Slice(NamesAt, Names * NameBytes));
        BinaryPrimitives.WriteUInt64LittleEndian(page[TimeAt..], plan.Facts.CrashTimeSeconds);
        BinaryPrimitives.WriteUInt32LittleEndian(page[StatusAt..], status);
        BinaryPrimitives.WriteInt32LittleEndian(page[BlockBytesAt..], Limits.PageBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(page[SubHeaderBlocksAt..], (uint)layout.SubHeaderBlocks);
        BinaryPrimitives.WriteUInt32LittleEndian(page[BitmapBlocksAt..], Cut(layout.BitmapBlocks));
        BinaryPrimitives.WriteUInt32LittleEndian(page[EndPfnAt..], Cut(layout.EndPfn));
        BinaryPrimitives.WriteUInt32LittleEndian(page[RamBlocksAt..], Cut(plan.Ranges.TotalPages));
        BinaryPrimitives.WriteUInt32LittleEndian(page[CpusAt..], plan.Notes.Cpus);
    }

    /// <summary>Writes the sub header.</summary>
    public static void WriteSub(
        scoped in CapturePlan plan,
        in KdumpLayout layout,
        DumpLevel level,
        Span<byte> destination)
    {
        Span<byte> sub = destination[..SubHeaderBytes];
        sub.Clear();
        // phys_base
        bool hasBase = plan.Info.TryGetConstant("phys_base"u8, out ulong physicalBase) == Status.Ok;
        BinaryPrimitives.WriteUInt64LittleEndian(sub, hasBase ? physicalBase : 0);
        BinaryPrimitives.WriteInt32LittleEndian(sub[LevelAt..], level.Value);
        if (plan.Notes.VmcoreInfoOffset != 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(
                sub[InfoOffsetAt..], KdumpLayout.NotePositionBytes + plan.Notes.VmcoreInfoOffset);
            BinaryPrimitives.WriteUInt64LittleEndian(sub[InfoBytesAt..], (ulong)plan.Notes.VmcoreInfoBytes);
        }
        if (layout.NoteBytes != 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(sub[NoteOffsetAt..], KdumpLayout.NotePositionBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(sub[NoteBytesAt..], layout.NoteBytes);
        }
        BinaryPrimitives.WriteUInt64LittleEndian(sub[EndPfn64At..], layout.EndPfn);
    }

    // init_uts_ns.name, as the crashed kernel had it; at the least the release, which VMCOREINFO tells too.
    private static void WriteNames<TMemory>(ref TMemory memory, scoped in CapturePlan plan, Span<byte> names)
        where TMemory : struct, IPhysicalMemory
    {
        if (plan.Info.TryGetSymbol("init_uts_ns"u8, out ulong address) == Status.Ok
            && plan.Info.TryGetOffset("uts_namespace.name"u8, out ulong offset) == Status.Ok
            && offset < Limits.PageBytes
            && KernelPaging.Open(in plan.Info, out KernelPaging paging) == Status.Ok
            && paging.Read(ref memory, address + offset, names) == Status.Ok)
        {
            return;
        }
        names.Clear();
        if (plan.Info.TryGetText("OSRELEASE"u8, out ReadOnlySpan<byte> release) == Status.Ok)
        {
            release[..Math.Min(release.Length, NameBytes - 1)].CopyTo(names[(ReleaseName * NameBytes)..]);
        }
    }

    private static uint Cut(ulong value) => (uint)Math.Min(value, uint.MaxValue);
}
