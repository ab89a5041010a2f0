using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace CosmosKdump.Tests.EndToEnd.Support;

/// <summary>
/// The head of an ELF64 vmcore, read independently of the code under test: ELF header, program headers, notes.
/// </summary>
public sealed class VmcoreHeader
{
    private const int HeaderBytes = 64;
    private const int ProgramHeaderBytes = 56;
    private const int NoteHeaderBytes = 12;

    private VmcoreHeader(byte[] elfHeader, IReadOnlyList<ProgramHeader> programHeaders, IReadOnlyList<ElfNote> notes)
    {
        ElfHeader = elfHeader;
        ProgramHeaders = programHeaders;
        Notes = notes;
    }

    /// <summary>The 64 bytes of the ELF header.</summary>
    public byte[] ElfHeader { get; }

    /// <summary>Every program header, in order.</summary>
    public IReadOnlyList<ProgramHeader> ProgramHeaders { get; }

    /// <summary>The segments of memory, in order.</summary>
    public IEnumerable<ProgramHeader> Loads => ProgramHeaders.Where(header => header.Type == ProgramHeader.Load);

    /// <summary>Every note of every PT_NOTE, in order.</summary>
    public IReadOnlyList<ElfNote> Notes { get; }

    /// <summary>The registers of each CPU that answered (struct elf_prstatus).</summary>
    public IEnumerable<byte[]> PrStatus => Notes
        .Where(note => note.Name == "CORE" && note.Type == ElfNote.PrStatus)
        .Select(note => note.Content);

    /// <summary>VMCOREINFO's lines.</summary>
    public string VmcoreInfo =>
        Encoding.ASCII.GetString(Notes.Single(note => note.Name == "VMCOREINFO").Content).TrimEnd('\0');

    /// <summary>Where the last segment ends: the length of the dump.</summary>
    public ulong EndBytes => ProgramHeaders.Max(header => header.OffsetBytes + header.FileBytes);

    /// <summary>Reads the head of a vmcore, or of a disk that begins with one.</summary>
    public static VmcoreHeader Read(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return Read(file);
    }

    /// <summary>Reads the head of a vmcore from a stream that can seek.</summary>
    public static VmcoreHeader Read(Stream file)
    {
        byte[] header = Bytes(file, 0, HeaderBytes);
        if (!header.AsSpan(0, 6).SequenceEqual("\u007fELF\u0002\u0001"u8))
        {
            throw new InvalidDataException($"no ELF64 vmcore: starts with {Convert.ToHexString(header.AsSpan(0, 16))}");
        }
        long table = (long)BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(0x20));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(0x38));
        byte[] entries = Bytes(file, table, count * ProgramHeaderBytes);
        List<ProgramHeader> headers = [];
        for (int i = 0; i < count; i++)
        {
            headers.Add(Parse(entries.AsSpan(i * ProgramHeaderBytes, ProgramHeaderBytes)));
        }
        List<ElfNote> notes = [];
        foreach (ProgramHeader note in headers.Where(entry => entry.Type == ProgramHeader.Note))
        {
            AddNotes(notes, Bytes(file, (long)note.OffsetBytes, (int)note.FileBytes));
        }
        return new VmcoreHeader(header, headers, notes);
    }

    private static byte[] Bytes(Stream file, long offset, int count)
    {
        byte[] bytes = new byte[count];
        file.Position = offset;
        file.ReadExactly(bytes);
        return bytes;
    }

    private static ProgramHeader Parse(ReadOnlySpan<byte> entry) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(entry),
        BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]),
        BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]),
        BinaryPrimitives.ReadUInt64LittleEndian(entry[24..]),
        BinaryPrimitives.ReadUInt64LittleEndian(entry[32..]),
        BinaryPrimitives.ReadUInt64LittleEndian(entry[40..]),
        BinaryPrimitives.ReadUInt64LittleEndian(entry[48..]));

    private static void AddNotes(List<ElfNote> notes, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= NoteHeaderBytes)
        {
            int nameBytes = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            int contentBytes = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
            bytes = bytes[NoteHeaderBytes..];
            string name = Encoding.ASCII.GetString(bytes[..nameBytes]).TrimEnd('\0');
            bytes = bytes[Padded(nameBytes)..];
            notes.Add(new ElfNote(name, type, bytes[..contentBytes].ToArray()));
            bytes = bytes[Padded(contentBytes)..];
        }
    }

    private static int Padded(int length) => (length + 3) & ~3;
}
