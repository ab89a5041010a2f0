using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Input;

/// <summary>
/// A program header of either ELF class, widened to 64 bits (System V gABI, chapter 5). In an elfcorehdr
/// <see cref="Offset"/> is the physical address at which the bytes lie (Linux: Documentation/admin-guide/kdump).
/// </summary>
public struct ProgramHeader
{
    /// <summary>Unused entry.</summary>
    public const uint TypeNull = 0;

    /// <summary>Memory.</summary>
    public const uint TypeLoad = 1;

    /// <summary>Notes.</summary>
    public const uint TypeNote = 4;

    /// <summary>Size of Elf64_Phdr, bytes.</summary>
    public const int Bytes64 = 56;

    /// <summary>Size of Elf32_Phdr, bytes.</summary>
    public const int Bytes32 = 32;

    /// <summary>p_type.</summary>
    public uint Type;

    /// <summary>p_flags.</summary>
    public uint Flags;

    /// <summary>p_offset: in an elfcorehdr, the physical address of the source; in a vmcore, the position.</summary>
    public ulong Offset;

    /// <summary>p_vaddr.</summary>
    public ulong VirtualAddress;

    /// <summary>p_paddr.</summary>
    public ulong PhysicalAddress;

    /// <summary>p_filesz, bytes.</summary>
    public ulong FileBytes;

    /// <summary>p_memsz, bytes.</summary>
    public ulong MemoryBytes;

    /// <summary>p_align.</summary>
    public ulong Align;

    /// <summary>Size of a program header in an ELF file of the given class, bytes.</summary>
    public static int BytesOf(bool is64) => is64 ? Bytes64 : Bytes32;

    /// <summary>Reads the wire form from the first bytes of <paramref name="source"/>.</summary>
    public static ProgramHeader Read(ReadOnlySpan<byte> source, bool is64)
    {
        ProgramHeader header = default;
        header.Type = BinaryPrimitives.ReadUInt32LittleEndian(source);
        if (is64)
        {
            header.Flags = BinaryPrimitives.ReadUInt32LittleEndian(source[4..]);
            header.Offset = BinaryPrimitives.ReadUInt64LittleEndian(source[8..]);
            header.VirtualAddress = BinaryPrimitives.ReadUInt64LittleEndian(source[16..]);
            header.PhysicalAddress = BinaryPrimitives.ReadUInt64LittleEndian(source[24..]);
            header.FileBytes = BinaryPrimitives.ReadUInt64LittleEndian(source[32..]);
            header.MemoryBytes = BinaryPrimitives.ReadUInt64LittleEndian(source[40..]);
            header.Align = BinaryPrimitives.ReadUInt64LittleEndian(source[48..]);
            return header;
        }
        header.Offset = BinaryPrimitives.ReadUInt32LittleEndian(source[4..]);
        header.VirtualAddress = BinaryPrimitives.ReadUInt32LittleEndian(source[8..]);
        header.PhysicalAddress = BinaryPrimitives.ReadUInt32LittleEndian(source[12..]);
        header.FileBytes = BinaryPrimitives.ReadUInt32LittleEndian(source[16..]);
        header.MemoryBytes = BinaryPrimitives.ReadUInt32LittleEndian(source[20..]);
        header.Flags = BinaryPrimitives.ReadUInt32LittleEndian(source[24..]);
        header.Align = BinaryPrimitives.ReadUInt32LittleEndian(source[28..]);
        return header;
    }

    /// <summary>Writes the wire form to the first bytes of <paramref name="destination"/>.</summary>
    public readonly void Write(Span<byte> destination, bool is64)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Type);
        if (is64)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], Flags);
            BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], Offset);
            BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], VirtualAddress);
            BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], PhysicalAddress);
            BinaryPrimitives.WriteUInt64LittleEndian(destination[32..], FileBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(destination[40..], MemoryBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(destination[48..], Align);
            return;
        }
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], (uint)Offset);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], (uint)VirtualAddress);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], (uint)PhysicalAddress);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[16..], (uint)FileBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[20..], (uint)MemoryBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[24..], Flags);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[28..], (uint)Align);
    }
}
