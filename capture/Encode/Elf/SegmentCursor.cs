using System;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Ranges;

namespace CosmosKdump.Capture.Encode.Elf;

/// <summary>
/// Walks the program headers that the vmcore has after its PT_NOTE, in their order, and gives each PT_LOAD its place:
/// whole pages of its source, one segment after the other (process_ptload_program_headers_elf64 in fs/proc/vmcore.c).
/// Layout, header and data all use this walk, so that they agree.
/// </summary>
public struct SegmentCursor
{
    private readonly ElfCoreHeader _header;
    private SegmentFilter _filter;
    private uint _index;

    /// <summary>Begins at the first program header; the first PT_LOAD is placed at the given position.</summary>
    public SegmentCursor(in ElfCoreHeader header, ulong positionBytes)
    {
        _header = header;
        EndBytes = positionBytes;
    }

    /// <summary>The program header as the vmcore has it: p_offset of a PT_LOAD is its position.</summary>
    public ProgramHeader Header { get; private set; }

    /// <summary>Position of the segment's first page in the vmcore.</summary>
    public ulong PositionBytes { get; private set; }

    /// <summary>Physical address of the segment's first page.</summary>
    public ulong Source { get; private set; }

    /// <summary>Length in whole pages, bytes; 0 for what is not a PT_LOAD.</summary>
    public ulong LengthBytes { get; private set; }

    /// <summary>Position behind all segments so far.</summary>
    public ulong EndBytes { get; private set; }

    /// <summary>Goes to the next program header that is kept.</summary>
    public bool MoveNext<TMemory>(ref TMemory memory)
        where TMemory : struct, IPhysicalMemory
    {
        while (_index < _header.Count)
        {
            Status status = _header.TryGet(ref memory, _index++, out ProgramHeader header);
            if (status != Status.Ok || header.Type == ProgramHeader.TypeNote)
            {
                continue;
            }
            LengthBytes = 0;
            if (header.Type == ProgramHeader.TypeLoad)
            {
                if (_filter.Judge(ref memory, in header) != Status.Ok)
                {
                    continue;
                }
                Place(ref header);
            }
            Header = header;
            return true;
        }
        return false;
    }

    private void Place(ref ProgramHeader header)
    {
        PhysicalRange pages = PhysicalRange.Covering(header.Offset, header.MemoryBytes);
        Source = pages.Start;
        LengthBytes = pages.End - pages.Start;
        PositionBytes = EndBytes;
        EndBytes += LengthBytes;
        header.FileBytes = Math.Min(header.FileBytes, header.MemoryBytes);
        header.Offset = PositionBytes + (header.Offset - pages.Start);
    }
}
