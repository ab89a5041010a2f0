using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text;
using CosmosKdump.Analyzer.Files;
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
        byte[] notes = Notes(vmcore);
        int table = HeaderBytes + ((segments.Count + 1) * ProgramHeader.Bytes64);
        int section = table;
        table += ElfFileHeader.SectionBytesOf(is64: true);
        int notesAt = (table + NotesAlignment - 1) / NotesAlignment * NotesAlignment;
        Bytes = new byte[notesAt + notes.Length];
        WriteHeader(segments.Count + 1, section);
        ulong length = (ulong)notes.Length;
        WriteEntry(0, new ProgramHeader
        {
            Type = ProgramHeader.TypeNote,
            Offset = Address + (ulong)notesAt,
            MemoryBytes = length,
        });
        for (int i = 0; i < segments.Count; i++)
        {
            WriteEntry(i + 1, segments[i] with { Offset = segments[i].PhysicalAddress });
        }
        notes.CopyTo(Bytes, notesAt);
    }

    /// <summary>The image.</summary>
    public byte[] Bytes { get; }

    private static byte[] Notes(VmcoreFile vmcore)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream, Encoding.ASCII);
        foreach (VmcoreNote note in vmcore.Notes)
        {
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
        }
        return stream.ToArray();
    }

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
