using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Input;

/// <summary>
/// Walks the notes of one PT_NOTE in the crashed kernel's memory, and sizes them as /proc/vmcore does
/// (update_note_header_size_elf64 in fs/proc/vmcore.c): they end at the first header with an empty name, or before
/// the first note that does not fit.
/// </summary>
public struct NoteWalker
{
    private readonly ulong _address;
    private readonly ulong _limitBytes;
    private int _count;

    /// <summary>Begins with the first note of a PT_NOTE. At most <see cref="Limits.NoteSegmentBytes"/> are read.</summary>
    public NoteWalker(in ProgramHeader segment)
    {
        _address = segment.Offset;
        _limitBytes = Math.Min(segment.MemoryBytes, Limits.NoteSegmentBytes);
        bool isInside = _address < Limits.PhysicalEnd && _limitBytes <= Limits.PhysicalEnd - _address;
        if (!isInside)
        {
            End = Status.AddressOutOfRange;
        }
        IsCut = segment.MemoryBytes > Limits.NoteSegmentBytes;
    }

    /// <summary>Bytes of all notes so far, headers and padding included.</summary>
    public ulong LengthBytes { get; private set; }

    /// <summary>The segment claims more bytes than are trusted.</summary>
    public readonly bool IsCut { get; }

    /// <summary>
    /// Why the walk ended, once <see cref="MoveNext"/> has returned false: <see cref="Status.Ok"/> at a proper end,
    /// <see cref="Status.NoteMalformed"/>, <see cref="Status.TooManyEntries"/>, <see cref="Status.AddressOutOfRange"/>,
    /// <see cref="Status.MemoryUnreadable"/>.
    /// </summary>
    public Status End { get; private set; }

    /// <summary>Physical address up to which notes were walked.</summary>
    public readonly ulong Position => _address + LengthBytes;

    /// <summary>Goes to the next note.</summary>
    public bool MoveNext<TMemory>(ref TMemory memory, out Note note)
        where TMemory : struct, IPhysicalMemory
    {
        note = default;
        ulong rest = _limitBytes - LengthBytes;
        if (End != Status.Ok || rest < Note.HeaderBytes)
        {
            return false;
        }
        Span<byte> raw = stackalloc byte[Note.HeaderBytes];
        Status status = memory.Read(Position, raw);
        if (status != Status.Ok)
        {
            End = status;
            return false;
        }
        note.NameBytes = BinaryPrimitives.ReadUInt32LittleEndian(raw);
        note.DescriptionBytes = BinaryPrimitives.ReadUInt32LittleEndian(raw[4..]);
        note.Type = BinaryPrimitives.ReadUInt32LittleEndian(raw[8..]);
        if (note.NameBytes == 0)
        {
            return false;
        }
        ulong name = (note.NameBytes + 3UL) & ~3UL;
        ulong length = Note.HeaderBytes + name + ((note.DescriptionBytes + 3UL) & ~3UL);
        if (length > rest)
        {
            End = Status.NoteMalformed;
            return false;
        }
        if (_count == Limits.NotesPerSegment)
        {
            End = Status.TooManyEntries;
            return false;
        }
        _count++;
        note.NameAddress = Position + Note.HeaderBytes;
        note.DescriptionAddress = note.NameAddress + name;
        LengthBytes += length;
        return true;
    }
}
