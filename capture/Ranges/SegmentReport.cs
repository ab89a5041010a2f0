using System;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Ranges;

/// <summary>
/// Tells what is wrong with segments: the first <see cref="Limits.ReportLines"/> of each kind one by one, the rest as
/// a number.
/// </summary>
public struct SegmentReport
{
    private uint _absurd;
    private uint _overlapping;
    private uint _unordered;
    private uint _unaligned;
    private uint _unreadable;
    private uint _withoutRoom;

    /// <summary>Tells of one segment.</summary>
    public void Tell<TConsole>(ref TConsole console, Status status, uint index, in ProgramHeader segment)
        where TConsole : struct, IConsole
    {
        if (Count(status) > Limits.ReportLines)
        {
            return;
        }
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer, status);
        line.Add("program header "u8);
        line.AddDecimal(index);
        if (status != Status.MemoryUnreadable)
        {
            line.Add(", p_paddr "u8);
            line.AddHex(segment.PhysicalAddress);
            line.Add(" p_offset "u8);
            line.AddHex(segment.Offset);
            line.Add(" p_memsz "u8);
            line.AddHex(segment.MemoryBytes);
        }
        line.Add(status switch
        {
            Status.SegmentAbsurd or Status.MemoryUnreadable => " (not dumped)"u8,
            Status.TooManyEntries => " (dumped, not in the range table)"u8,
            _ => " (dumped)"u8,
        });
        ReportLine.Write(ref console, in line);
    }

    /// <summary>Tells how many more there were.</summary>
    public readonly void TellRest<TConsole>(ref TConsole console)
        where TConsole : struct, IConsole
    {
        TellMore(ref console, Status.SegmentAbsurd, _absurd);
        TellMore(ref console, Status.SegmentsOverlap, _overlapping);
        TellMore(ref console, Status.SegmentsUnordered, _unordered);
        TellMore(ref console, Status.SegmentUnaligned, _unaligned);
        TellMore(ref console, Status.MemoryUnreadable, _unreadable);
        TellMore(ref console, Status.TooManyEntries, _withoutRoom);
    }

    private uint Count(Status status) => status switch
    {
        Status.SegmentAbsurd => ++_absurd,
        Status.SegmentsOverlap => ++_overlapping,
        Status.SegmentsUnordered => ++_unordered,
        Status.SegmentUnaligned => ++_unaligned,
        Status.TooManyEntries => ++_withoutRoom,
        _ => ++_unreadable,
    };

    private static void TellMore<TConsole>(ref TConsole console, Status status, uint count)
        where TConsole : struct, IConsole
    {
        if (count <= Limits.ReportLines)
        {
            return;
        }
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer, status);
        line.AddDecimal(count - Limits.ReportLines);
        line.Add(" more like these"u8);
        ReportLine.Write(ref console, in line);
    }
}
