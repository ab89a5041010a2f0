using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Encode.Elf;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Analyzer.Files;

/// <summary>A vmcore in ELF64 or ELF32, as /proc/vmcore makes it.</summary>
public sealed class ElfVmcore : VmcoreFile
{
    private readonly RangeIndex _physical;
    private readonly RangeIndex _virtual;
    private readonly RangeIndex _memory;

    internal ElfVmcore(IDumpBytes bytes, AreaTail? area, ElfTable elf)
        : base(bytes, area)
    {
        Elf = elf;
        Segments = [.. elf.Headers.Where(h => h.Type == ProgramHeader.TypeLoad)];
        _physical = RangeIndex.OfPhysical(Segments);
        _virtual = RangeIndex.OfVirtual(Segments);
        _memory = RangeIndex.OfMemory(Segments);
        foreach (ProgramHeader header in elf.Headers.Where(h => h.Type == ProgramHeader.TypeNote))
        {
            ReadNotes(header.Offset, header.FileBytes);
        }
        DumpLevel = LevelOf(bytes, Notes, NeededBytes);
    }

    /// <summary>The ELF header and the program headers.</summary>
    public ElfTable Elf { get; }

    /// <summary>The PT_LOAD headers in the order of the file.</summary>
    public IReadOnlyList<ProgramHeader> Segments { get; }

    /// <inheritdoc/>
    public override string FormatName => Elf.Is64 ? "ELF64 vmcore" : "ELF32 vmcore";

    /// <inheritdoc/>
    public override DumpFormat Format => DumpFormat.Elf;

    /// <inheritdoc/>
    public override byte? DumpLevel { get; }

    /// <inheritdoc/>
    public override ulong NeededBytes
    {
        get
        {
            ulong end = 0;
            foreach (ProgramHeader segment in Segments)
            {
                end = Math.Max(end, unchecked(segment.Offset + segment.FileBytes));
            }
            return end;
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<AddressRange> PhysicalRanges =>
        _memory.Ranges.Select(range => new AddressRange(range.Start, range.End));

    /// <inheritdoc/>
    public override PageState StateOf(ulong pfn)
    {
        if (pfn >= Limits.PhysicalEnd / Limits.PageBytes)
        {
            return PageState.Absent;
        }
        ulong address = pfn * Limits.PageBytes;
        if (!TryFindIn(_physical, address, out FileRange range))
        {
            // What makedumpfile -E leaves out of a segment has p_memsz, but not p_filesz.
            return TryFindIn(_memory, address, out _) ? PageState.Excluded : PageState.Absent;
        }
        ulong end = Math.Min(range.End, address + Limits.PageBytes);
        return range.OffsetBytes + (end - range.Start) <= LengthBytes ? PageState.Kept : PageState.Missing;
    }

    /// <inheritdoc/>
    public override Status ReadPhysical(ulong address, Span<byte> destination) => Read(_physical, address, destination);

    /// <summary>
    /// Reads virtual memory by the virtual addresses of the program headers only; see <see cref="KernelMemory"/> for
    /// translation by page tables.
    /// </summary>
    public Status ReadMapped(ulong address, Span<byte> destination) => Read(_virtual, address, destination);

    /// <inheritdoc/>
    public override Status TryGetPhysical(ulong virtualAddress, out ulong physicalAddress)
    {
        physicalAddress = 0;
        if (!_virtual.TryFind(virtualAddress, out FileRange range))
        {
            return Status.AddressOutOfRange;
        }
        ProgramHeader segment = Segments[range.Segment];
        physicalAddress = segment.PhysicalAddress + (virtualAddress - segment.VirtualAddress);
        return Status.Ok;
    }

    private static byte? LevelOf(IDumpBytes bytes, IReadOnlyList<VmcoreNote> notes, ulong neededBytes)
    {
        ulong length = (neededBytes + Limits.PageBytes - 1) & ~(Limits.PageBytes - 1UL);
        byte level = 0;
        Span<byte> description = stackalloc byte[LevelNote.DescriptionBytes];
        foreach (VmcoreNote note in notes.Where(note => note.IsDumpLevel))
        {
            level |= bytes.Read(note.OffsetBytes, description) == Status.Ok ? LevelNote.Read(description, length) : (byte)0;
        }
        return level == 0 ? null : level;
    }

    // The range of a page, which may begin within it.
    private static bool TryFindIn(RangeIndex index, ulong address, out FileRange range)
    {
        if (index.TryFind(address, out range))
        {
            return true;
        }
        ulong gap = index.GapAfter(address);
        return gap < Limits.PageBytes && index.TryFind(address + gap, out range);
    }

    private Status Read(RangeIndex index, ulong address, Span<byte> destination)
    {
        Status status = Status.Ok;
        while (destination.Length > 0)
        {
            bool isFound = index.TryFind(address, out FileRange range);
            ulong known = isFound ? range.End - address : index.GapAfter(address);
            Span<byte> piece = destination[..(int)Math.Min(known, (ulong)destination.Length)];
            Status pieceStatus = Status.MemoryUnreadable;
            if (isFound)
            {
                pieceStatus = Bytes.Read(range.OffsetBytes + (address - range.Start), piece);
            }
            else
            {
                piece.Clear();
            }
            status = status == Status.Ok ? pieceStatus : status;
            address += (ulong)piece.Length;
            destination = destination[piece.Length..];
        }
        return status;
    }
}
