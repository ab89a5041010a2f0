using System;
using System.Buffers.Binary;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Encode.Elf;

/// <summary>
/// The note that tells the level of a filtered ELF dump, for ELF has no other place for it: behind the crashed kernel's
/// notes, under a name of our own, with the level and the length of the dump as 64-bit numbers. Debuggers pass over notes
/// that they do not know. Other tools copy them when they filter once more: then the length is another, and the note
/// counts no longer. One with level 0 tells nothing.
/// </summary>
public static class LevelNote
{
    /// <summary>Length of the note, bytes.</summary>
    public const int Bytes = Note.HeaderBytes + NameBytes + DescriptionBytes;

    /// <summary>n_type; none of CORE's, for some readers look at the type alone.</summary>
    public const uint Type = 0x434B_0001;

    /// <summary>Length of the description, bytes.</summary>
    public const int DescriptionBytes = 16;

    private const int NameBytes = 8;

    /// <summary>The name with its NUL, without padding: some readers expect the description right behind it.</summary>
    public static ReadOnlySpan<byte> Name => "CKLEVEL\0"u8;

    /// <summary>Writes the note to <see cref="Bytes"/> bytes.</summary>
    public static void Write(Span<byte> destination, DumpLevel level, ulong dumpBytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, NameBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], DescriptionBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], Type);
        Name.CopyTo(destination[Note.HeaderBytes..]);
        Span<byte> description = destination[(Note.HeaderBytes + NameBytes)..];
        BinaryPrimitives.WriteUInt64LittleEndian(description, level.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(description[8..], dumpBytes);
    }

    /// <summary>The level that a description tells of a dump of a length; 0 if it is of another dump.</summary>
    public static byte Read(ReadOnlySpan<byte> description, ulong dumpBytes) =>
        BinaryPrimitives.ReadUInt64LittleEndian(description[8..]) == dumpBytes
            ? (byte)(BinaryPrimitives.ReadUInt64LittleEndian(description) & DumpLevel.Highest)
            : (byte)0;
}
