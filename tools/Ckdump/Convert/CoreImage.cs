using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Ckdump.Convert;

/// <summary>
/// The elfcorehdr that the crashed kernel of a dump would hand to a capture kernel, and the notes that it points to: with
/// it the capture pipeline runs over a dump as it does over memory.
/// </summary>
public sealed class CoreImage
{
    /// <summary>Where the image lies: beyond all memory that a dump can have, below the pipeline's limit.</summary>
    public const ulong Address = 1UL << 51;

    private const int HeaderBytes = ElfFileHeader.Bytes64;
    private const int NotesAlignment = 4096;

    /// <summary>Builds it for a dump, whose memory its segments tell: p_vaddr, p_paddr, p_memsz and p_flags.</summary>
    public CoreImage(VmcoreFile vmcore, IReadOnlyList<ProgramHeader> segments)
    {
        List<byte[]> notes = Notes(vmcore);
        int entries = notes.Count + segments.Count;
        int section = HeaderBytes + (entries * ProgramHeader.Bytes64);
        int notesAt = RoundUp(section + ElfFileHeader.SectionBytesOf(is64: true));
        NoteBytes = (ulong)notes.Sum(part => (long)part.Length);
        Bytes = new byte[notesAt + notes.Sum(part => RoundUp(part.Length))];
        WriteHeader(entries, section);
        int entry = 0;
        foreach (byte[] part in notes)
        {
            WriteEntry(entry++, new ProgramHeader
            {
                Type = ProgramHeader.TypeNote,
                Offset = Address + (ulong)notesAt,
                MemoryBytes = (ulong)part.Length,
            });
            part.CopyTo(Bytes, notesAt);
            notesAt += RoundUp(part.Length);
        }
        foreach (ProgramHeader segment in segments)
        {
            WriteEntry(entry++, segment with { Offset = segment.PhysicalAddress });
        }
    }

    /// <summary>The image.</summary>
    public byte[] Bytes { get; }

    /// <summary>Bytes of all notes.</summary>
    public ulong NoteBytes { get; }

    // Joined to PT_NOTEs that the pipeline takes whole: it trusts none that is longer or has more notes.
    private static List<byte[]> Notes(VmcoreFile vmcore)
    {
        List<byte[]> parts = [];
        using MemoryStream part = new();
        int count = 0;
        foreach (byte[] note in vmcore.Notes.Select(note => BytesOf(vmcore, note)))
        {
            if (count == Limits.NotesPerSegment || (count != 0 && part.Length + note.Length > Limits.NoteSegmentBytes))
            {
                parts.Add(part.ToArray());
                part.SetLength(0);
                count = 0;
            }
            part.Write(note);
            count++;
        }
        parts.Add(part.ToArray());
        return parts;
    }

    private static byte[] BytesOf(VmcoreFile vmcore, VmcoreNote note)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream, Encoding.ASCII);
        byte[] name = Encoding.ASCII.GetBytes(note.Name + "\0");
        byte[] description = new byte[note.LengthBytes];
        _ = vmcore.Bytes.Read(note.OffsetBytes, description);
        writer.Write(name.Length);
        writer.Write(description.Length);
        writer.Write(note.Type);
        writer.Write(name);
        writer.Write(new byte[-name.Length & 3]);
        writer.Write(description);
        writer.Write(new byte[-description.Length & 3]);
        return stream.ToArray();
    }

    private static int RoundUp(int bytes) => (bytes + NotesAlignment - 1) / NotesAlignment * NotesAlignment;

    // gABI chapter 4; from 65,535 program headers on their number stands in section header 0, in sh_info.
    private void WriteHeader(int entries, int section)
    {
        Span<byte> header = Bytes.AsSpan(0, HeaderBytes);
        "\u007fELF"u8.CopyTo(header);
        header[4] = 2;
        header[5] = 1;
        header[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(header[16..], 4);
        BinaryPrimitives.WriteUInt16LittleEndian(header[18..], ElfFileHeader.MachineX64);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], HeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(header[52..], HeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(header[54..], ProgramHeader.Bytes64);
        bool isCounted = entries >= ElfFileHeader.CountInSection;
        ushort count = isCounted ? (ushort)ElfFileHeader.CountInSection : (ushort)entries;
        BinaryPrimitives.WriteUInt16LittleEndian(header[56..], count);
        if (isCounted)
        {
            BinaryPrimitives.WriteInt64LittleEndian(header[40..], section);
            BinaryPrimitives.WriteUInt16LittleEndian(header[58..], (ushort)ElfFileHeader.SectionBytesOf(is64: true));
            BinaryPrimitives.WriteUInt16LittleEndian(header[60..], 1);
            BinaryPrimitives.WriteInt32LittleEndian(Bytes.AsSpan(section + 44), entries);
        }
    }

    private void WriteEntry(int index, ProgramHeader entry)
    {
        entry.FileBytes = entry.MemoryBytes;
        entry.Write(Bytes.AsSpan(HeaderBytes + (index * ProgramHeader.Bytes64), ProgramHeader.Bytes64), is64: true);
    }
}
