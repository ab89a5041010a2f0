using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using CosmosKdump.Analyzer.Memory;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Analyzer.Files;

/// <summary>
/// A vmcore, ELF64 or ELF32, as /proc/vmcore makes it: a plain file, or a dump area with the vmcore at byte 0 and the
/// label at the end. Opening reads the headers and the notes; memory is read when it is asked for.
/// </summary>
public sealed class VmcoreFile : IDisposable
{
    private readonly RangeIndex _physical;
    private readonly RangeIndex _virtual;

    private VmcoreFile(FileBytes bytes, AreaTail? area, ElfTable elf)
    {
        Bytes = bytes;
        Area = area;
        Elf = elf;
        List<VmcoreNote> notes = [];
        foreach (ProgramHeader header in elf.Headers.Where(h => h.Type == ProgramHeader.TypeNote))
        {
            NoteProblem = NoteReader.Read(bytes, in header, notes) ?? NoteProblem;
        }
        Notes = notes;
        Segments = [.. elf.Headers.Where(h => h.Type == ProgramHeader.TypeLoad)];
        _physical = RangeIndex.OfPhysical(Segments);
        _virtual = RangeIndex.OfVirtual(Segments);
    }

    /// <summary>The file.</summary>
    public FileBytes Bytes { get; }

    /// <summary>The dump area's label, null for a plain file.</summary>
    public AreaTail? Area { get; }

    /// <summary>The ELF header and the program headers.</summary>
    public ElfTable Elf { get; }

    /// <summary>The PT_LOAD headers in the order of the file.</summary>
    public IReadOnlyList<ProgramHeader> Segments { get; }

    /// <summary>The notes in the order of the file.</summary>
    public IReadOnlyList<VmcoreNote> Notes { get; }

    /// <summary>What ended the reading of the notes early, or null.</summary>
    public FileProblem? NoteProblem { get; }

    /// <summary>Bytes that the vmcore may take: up to the end of the dump in an area, else the whole file.</summary>
    public ulong LengthBytes => Area is { HasLabel: true } && HasDump
        ? Area.Label.DumpLengthBytes
        : (ulong)Bytes.LengthBytes - (Area is null ? 0UL : AreaLabel.Bytes);

    /// <summary>Disjoint ranges of physical addresses in the file, ascending.</summary>
    public IReadOnlyList<FileRange> PhysicalRanges => _physical.Ranges;

    private bool HasDump => Area!.Label.HoldsUnsavedDump && Area.Label.DumpLengthBytes != 0;

    /// <summary>Opens a vmcore.</summary>
    public static bool TryOpen(
        string path,
        [NotNullWhen(true)] out VmcoreFile? vmcore,
        [NotNullWhen(false)] out FileProblem? problem)
    {
        vmcore = null;
        if (!FileBytes.TryOpen(path, out FileBytes? bytes, out problem))
        {
            return false;
        }
        AreaTail? area = AreaTail.Read(bytes);
        if (!ElfTable.TryRead(bytes, out ElfTable? elf, out problem))
        {
            problem = area is null ? problem : new FileProblem(EmptyArea(area), problem.OffsetBytes);
            bytes.Dispose();
            return false;
        }
        vmcore = new VmcoreFile(bytes, area, elf);
        return true;
    }

    /// <summary>
    /// Reads physical memory. Bytes that the vmcore does not hold come as zeros, with
    /// <see cref="Status.MemoryUnreadable"/>.
    /// </summary>
    public Status ReadPhysical(ulong address, Span<byte> destination) => Read(_physical, address, destination);

    /// <summary>
    /// Reads virtual memory by the virtual addresses of the program headers only; see <see cref="KernelMemory"/> for
    /// translation by page tables.
    /// </summary>
    public Status ReadMapped(ulong address, Span<byte> destination) => Read(_virtual, address, destination);

    /// <summary>Finds the physical address behind a virtual address of a program header.</summary>
    public Status TryGetPhysical(ulong virtualAddress, out ulong physicalAddress)
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

    /// <inheritdoc/>
    public void Dispose() => Bytes.Dispose();

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

    private static string EmptyArea(AreaTail area) => !area.HasLabel
        ? "a dump area, but its label cannot be trusted and no vmcore lies at its start"
        : area.Label.State == AreaState.Prepared
            ? $"dump area {area.Uuid} holds no dump (state prepared)"
            : $"dump area {area.Uuid} has no readable vmcore at its start";
}
