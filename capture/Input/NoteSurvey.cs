using System;
using CosmosKdump.Capture.Ranges;

namespace CosmosKdump.Capture.Input;

/// <summary>Sizes all notes, finds VMCOREINFO, and reports what is wrong. Whatever is, the notes before it count.</summary>
public static class NoteSurvey
{
    /// <summary>
    /// Walks all PT_NOTEs. <paramref name="vmcoreInfo"/> takes the VMCOREINFO text; one that does not fit is cut after
    /// its last whole line.
    /// </summary>
    public static NoteSummary Run<TMemory, TConsole>(
        ref TMemory memory,
        ref TConsole console,
        in ElfCoreHeader header,
        in LowMemory low,
        scoped Span<byte> vmcoreInfo)
        where TMemory : struct, IPhysicalMemory
        where TConsole : struct, IConsole
    {
        NoteSummary summary = default;
        uint complaints = 0;
        for (uint i = 0; i < header.Count; i++)
        {
            if (header.TryGet(ref memory, i, out ProgramHeader segment) != Status.Ok
                || segment.Type != ProgramHeader.TypeNote)
            {
                continue;
            }
            summary.Segments++;
            NoteWalker walker = low.NotesOf(in segment);
            ulong start = walker.Position;
            while (walker.MoveNext(ref memory, out Note note))
            {
                bool hadInfo = summary.VmcoreInfoBytes != 0;
                LookAt(ref memory, ref console, in note, ref summary, vmcoreInfo);
                if (!hadInfo && summary.VmcoreInfoBytes != 0)
                {
                    summary.VmcoreInfoOffset = summary.LengthBytes + (note.DescriptionAddress - start);
                }
            }
            if (walker.LengthBytes > Limits.AllNotesBytes - summary.LengthBytes)
            {
                Complain(ref console, Status.TooManyEntries, i, in walker, " (these and later notes are cut)"u8);
                break;
            }
            summary.LengthBytes += walker.LengthBytes;
            summary.EmptySegments += walker.LengthBytes == 0 ? 1u : 0u;
            Status end = walker.End == Status.Ok && walker.IsCut ? Status.NoteMalformed : walker.End;
            if (end != Status.Ok && ++complaints <= Limits.ReportLines)
            {
                Complain(ref console, end, i, in walker, " (its later notes are cut)"u8);
            }
        }
        if (complaints > Limits.ReportLines)
        {
            TellMore(ref console, complaints - Limits.ReportLines);
        }
        if (summary.VmcoreInfoBytes == 0)
        {
            TellMissing(ref console);
        }
        return summary;
    }

    private static void LookAt<TMemory, TConsole>(
        ref TMemory memory,
        ref TConsole console,
        in Note note,
        ref NoteSummary summary,
        scoped Span<byte> vmcoreInfo)
        where TMemory : struct, IPhysicalMemory
        where TConsole : struct, IConsole
    {
        Span<byte> buffer = stackalloc byte[12];
        if (note.NameBytes > (uint)buffer.Length)
        {
            return;
        }
        Span<byte> name = buffer[..(int)note.NameBytes];
        if (memory.Read(note.NameAddress, name) != Status.Ok)
        {
            return;
        }
        if (note.Type == Note.TypePrstatus && name.SequenceEqual("CORE\0"u8))
        {
            summary.Cpus++;
        }
        else if (summary.VmcoreInfoBytes == 0 && name.SequenceEqual("VMCOREINFO\0"u8))
        {
            summary.VmcoreInfoBytes = CopyText(ref memory, ref console, in note, vmcoreInfo);
        }
    }

    private static int CopyText<TMemory, TConsole>(
        ref TMemory memory,
        ref TConsole console,
        in Note note,
        scoped Span<byte> vmcoreInfo)
        where TMemory : struct, IPhysicalMemory
        where TConsole : struct, IConsole
    {
        Span<byte> text = vmcoreInfo[..(int)Math.Min((uint)vmcoreInfo.Length, note.DescriptionBytes)];
        Status status = memory.Read(note.DescriptionAddress, text);
        if (status == Status.Ok && (uint)text.Length == note.DescriptionBytes)
        {
            int end = text.IndexOf((byte)0);
            return end < 0 ? text.Length : end;
        }
        int length = text.Length;
        while (length > 0 && text[length - 1] != (byte)'\n')
        {
            length--;
        }
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer, status == Status.Ok ? Status.BufferTooSmall : status);
        line.Add("VMCOREINFO of "u8);
        line.AddDecimal(note.DescriptionBytes);
        line.Add(" bytes at "u8);
        line.AddHex(note.DescriptionAddress);
        line.Add(", cut to "u8);
        line.AddDecimal((ulong)length);
        ReportLine.Write(ref console, in line);
        return length;
    }

    private static void Complain<TConsole>(
        ref TConsole console,
        Status status,
        uint index,
        in NoteWalker walker,
        scoped ReadOnlySpan<byte> outcome)
        where TConsole : struct, IConsole
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer, status);
        line.Add("program header "u8);
        line.AddDecimal(index);
        line.Add(", note at "u8);
        line.AddHex(walker.Position);
        line.Add(", offset "u8);
        line.AddDecimal(walker.LengthBytes);
        line.Add(outcome);
        ReportLine.Write(ref console, in line);
    }

    private static void TellMore<TConsole>(ref TConsole console, uint count)
        where TConsole : struct, IConsole
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer, Status.NoteMalformed);
        line.AddDecimal(count);
        line.Add(" more like these"u8);
        ReportLine.Write(ref console, in line);
    }

    private static void TellMissing<TConsole>(ref TConsole console)
        where TConsole : struct, IConsole
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer, Status.NoVmcoreInfo);
        line.Add("the dump goes on without it"u8);
        ReportLine.Write(ref console, in line);
    }
}
