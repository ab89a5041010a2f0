using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Capture;

namespace CosmosKdump.Analyzer.Kdump;

/// <summary>
/// A kdump-compressed dump: filtered, its pages compressed one by one. What is kept of it in memory is a count per
/// 128 MiB of the crashed machine and a few pages. Not for several threads at a time.
/// </summary>
public sealed class KdumpVmcore : VmcoreFile
{
    // Linux: __START_KERNEL_map, arch/x86/include/asm/page_64_types.h.
    private const ulong KernelMap = 0xFFFF_FFFF_8000_0000;
    private const ulong KernelMapBytes = 1UL << 30;
    private const int CachedPages = 256;
    private const int TableEntries = 4096;

    private readonly PageDecoder _decoder = new();
    private readonly byte[] _stored = new byte[Limits.PageBytes];
    private readonly byte[]?[] _pages = new byte[CachedPages][];
    private readonly ulong[] _pageNumbers = new ulong[CachedPages];
    private readonly ulong _ranksBefore;
    private ulong? _neededBytes;

    private KdumpVmcore(IDumpBytes bytes, AreaTail? area, KdumpHeader header, PageBitmap memory, PageBitmap kept)
        : base(bytes, area)
    {
        Header = header;
        MemoryMap = memory;
        KeptMap = kept;
        _ranksBefore = kept.RankOf(header.FirstPage);
        KeptPages = kept.RankOf(header.EndPage) - _ranksBefore;
        if (header.Notes.IsPresent)
        {
            ReadNotes(header.Notes.OffsetBytes, header.Notes.LengthBytes);
        }
        // Version 3 has VMCOREINFO, and no notes.
        if (header.Info.IsPresent && !Notes.Any(note => note.IsVmcoreInfo))
        {
            uint length = (uint)Math.Min(header.Info.LengthBytes, uint.MaxValue);
            AddNote(new VmcoreNote("VMCOREINFO", 0, header.Info.OffsetBytes, length));
        }
    }

    /// <summary>The headers.</summary>
    public KdumpHeader Header { get; }

    /// <inheritdoc/>
    public override byte? DumpLevel => (byte)(Header.DumpLevel & Capture.Filter.DumpLevel.Highest);

    /// <summary>The 1st bitmap: the memory that the crashed kernel had.</summary>
    public PageBitmap MemoryMap { get; }

    /// <summary>The 2nd bitmap: the pages that the filter kept.</summary>
    public PageBitmap KeptMap { get; }

    /// <summary>Pages that have a descriptor in this file.</summary>
    public ulong KeptPages { get; }

    /// <summary>The dump says of itself that it was cut short.</summary>
    public bool IsIncomplete => (Header.Flags & KdumpFlags.Incomplete) != 0;

    /// <summary>Offset behind the last page descriptor, where the pages begin.</summary>
    public ulong DataOffset => Header.DescriptorOffset + (KeptPages * PageDescriptor.Bytes);

    /// <inheritdoc/>
    public override string FormatName => "kdump-compressed dump";

    /// <inheritdoc/>
    public override DumpFormat Format => DumpFormat.Kdump;

    /// <summary>
    /// Bytes up to the end of the last page that a descriptor tells of; at least, if descriptors are cut off too. The
    /// first use goes through all descriptors.
    /// </summary>
    public override ulong NeededBytes => _neededBytes ??= FindEnd();

    /// <inheritdoc/>
    public override IEnumerable<AddressRange> PhysicalRanges => MemoryMap.Runs()
        .Select(run => new AddressRange(run.Start * Limits.PageBytes, run.End * Limits.PageBytes));

    /// <inheritdoc/>
    public override PageState StateOf(ulong pfn) =>
        KeptMap.IsSet(pfn)
            ? TryGetDescriptor(pfn, out PageDescriptor descriptor) && IsInFile(in descriptor) ? PageState.Kept : PageState.Missing
            : MemoryMap.IsSet(pfn) ? PageState.Excluded : PageState.Absent;

    /// <inheritdoc/>
    public override Status ReadPhysical(ulong address, Span<byte> destination)
    {
        Status status = Status.Ok;
        while (destination.Length > 0)
        {
            int inPage = (int)(address & (Limits.PageBytes - 1));
            Span<byte> piece = destination[..Math.Min(Limits.PageBytes - inPage, destination.Length)];
            if (Page(address / Limits.PageBytes) is byte[] page)
            {
                page.AsSpan(inPage, piece.Length).CopyTo(piece);
            }
            else
            {
                piece.Clear();
                status = Status.MemoryUnreadable;
            }
            address += (ulong)piece.Length;
            destination = destination[piece.Length..];
        }
        return status;
    }

    /// <summary>
    /// The pages of this file in the order of their numbers, with their descriptors, whatever these hold. What lies
    /// past the end of the file comes as <see cref="PageDescriptor.IsMissing"/>.
    /// </summary>
    public IEnumerable<KeptPage> Pages()
    {
        byte[] table = new byte[TableEntries * PageDescriptor.Bytes];
        int at = TableEntries;
        ulong offset = Header.DescriptorOffset;
        foreach (AddressRange run in KeptMap.Runs())
        {
            ulong end = Math.Min(run.End, Header.EndPage);
            for (ulong pfn = Math.Max(run.Start, Header.FirstPage); pfn < end; pfn++)
            {
                if (at == TableEntries)
                {
                    _ = Bytes.Read(offset, table);
                    at = 0;
                }
                yield return new KeptPage(pfn, offset, PageDescriptor.Read(table.AsSpan(at * PageDescriptor.Bytes)));
                at++;
                offset += PageDescriptor.Bytes;
            }
        }
    }

    /// <summary>Reads one page; what keeps it from being read, with an offset in the dump, or null.</summary>
    public FileProblem? ReadPage(ulong pfn, Span<byte> page)
    {
        if (!KeptMap.IsSet(pfn))
        {
            return new FileProblem($"page {pfn} is not in the dump");
        }
        if (!TryGetDescriptor(pfn, out PageDescriptor descriptor) || descriptor.IsMissing)
        {
            return new FileProblem($"page {pfn} is missing: the dump was cut short before it");
        }
        long offset = (long)DescriptorOffsetOf(pfn);
        if (PageDecoder.Check(in descriptor, DataOffset, LengthBytes) is string wrong)
        {
            return new FileProblem($"page {pfn} {wrong}", offset);
        }
        offset = (long)descriptor.OffsetBytes;
        Span<byte> stored = _stored.AsSpan(0, (int)descriptor.LengthBytes);
        string? failure = Bytes.Read(descriptor.OffsetBytes, stored) != Status.Ok
            ? "cannot be read"
            : _decoder.Decode(descriptor.Flags, stored, page);
        return failure is null ? null : new FileProblem($"page {pfn} {failure}", offset);
    }

    /// <summary>Offset in the dump of a kept page's descriptor.</summary>
    public ulong DescriptorOffsetOf(ulong pfn) =>
        Header.DescriptorOffset + ((KeptMap.RankOf(pfn) - _ranksBefore) * PageDescriptor.Bytes);

    /// <summary>Reads the descriptor of a kept page; false if it is not in this file.</summary>
    public bool TryGetDescriptor(ulong pfn, out PageDescriptor descriptor)
    {
        descriptor = default;
        Span<byte> raw = stackalloc byte[PageDescriptor.Bytes];
        if (pfn < Header.FirstPage || pfn >= Header.EndPage || Bytes.Read(DescriptorOffsetOf(pfn), raw) != Status.Ok)
        {
            return false;
        }
        descriptor = PageDescriptor.Read(raw);
        return true;
    }

    /// <inheritdoc/>
    public override Status TryGetPhysical(ulong virtualAddress, out ulong physicalAddress)
    {
        bool isImage = virtualAddress - KernelMap < KernelMapBytes;
        physicalAddress = isImage ? unchecked(virtualAddress - KernelMap + Header.PhysicalBase) : 0;
        return isImage ? Status.Ok : Status.AddressOutOfRange;
    }

    /// <summary>Opens a dump whose first bytes are the format's.</summary>
    internal static KdumpVmcore? Open(IDumpBytes bytes, AreaTail? area, out FileProblem? problem)
    {
        ulong length = (ulong)bytes.LengthBytes - (area is null ? 0UL : (ulong)(bytes.LengthBytes - area.OffsetBytes));
        if (!KdumpHeader.TryRead(bytes, length, out KdumpHeader? header, out problem)
            || (problem = PageDecoder.Missing(header.Flags)) is not null)
        {
            return null;
        }
        PageBitmap memory = new(bytes, header.BitmapOffset, header.PageCount);
        PageBitmap kept = new(bytes, header.KeptBitmapOffset, header.PageCount);
        problem = kept.BuildRanks();
        return problem is null ? new KdumpVmcore(bytes, area, header, memory, kept) : null;
    }

    private protected override void DisposeCodecs() => _decoder.Dispose();

    // Pages lie one behind the other, padded at most: one that lies further off has a damaged descriptor, which tells
    // nothing of the length.
    private ulong FindEnd()
    {
        ulong end = DataOffset;
        ulong furthest = DataOffset + (2 * (KeptPages + 1) * Limits.PageBytes);
        foreach (KeptPage page in Pages())
        {
            PageDescriptor descriptor = page.Descriptor;
            if (!descriptor.IsMissing && PageDecoder.Check(in descriptor, DataOffset, furthest) is null)
            {
                end = Math.Max(end, descriptor.OffsetBytes + descriptor.LengthBytes);
            }
        }
        return end;
    }

    private bool IsInFile(in PageDescriptor descriptor) =>
        !descriptor.IsMissing
        && descriptor.OffsetBytes <= LengthBytes
        && descriptor.LengthBytes <= LengthBytes - descriptor.OffsetBytes;

    private byte[]? Page(ulong pfn)
    {
        int slot = (int)(pfn % CachedPages);
        byte[]? page = _pages[slot];
        if (page is not null && _pageNumbers[slot] == pfn)
        {
            return page;
        }
        page ??= new byte[Limits.PageBytes];
        bool isRead = ReadPage(pfn, page) is null;
        _pages[slot] = isRead ? page : null;
        _pageNumbers[slot] = pfn;
        return isRead ? page : null;
    }
}
