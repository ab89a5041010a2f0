using System;
using System.Buffers.Binary;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Capture.Encode.Elf;

/// <summary>
/// The note that tells the level of a filtered ELF dump, for ELF has no other place for it: behind the crashed kernel's
/// notes, under a name of our own, with the level as a 32-bit number. Debuggers pass over notes that they do not know.
/// </summary>
public static class LevelNote
{
    /// <summary>Length of the note, bytes.</summary>
    public const int Bytes = Note.HeaderBytes + PaddedNameBytes + DescriptionBytes;

    /// <summary>n_type; none of CORE's, for some readers look at the type alone.</summary>
    public const uint Type = 0x434B_0001;

    /// <summary>Length of the description, bytes.</summary>
    public const int DescriptionBytes = 4;

    private const int PaddedNameBytes = 8;

    /// <summary>The name with its NUL.</summary>
    public static ReadOnlySpan<byte> Name => "CKDUMP\0"u8;

    /// <summary>Writes the note to <see cref="Bytes"/> bytes.</summary>
    public static void Write(Span<byte> destination, DumpLevel level)
    {
        destination[..Bytes].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(destination, (uint)Name.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], DescriptionBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], Type);
        Name.CopyTo(destination[Note.HeaderBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[(Note.HeaderBytes + PaddedNameBytes)..], level.Value);
    }
}
