using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Input;

/// <summary>
/// The ELF header of either class, widened to 64 bits (System V gABI, chapter 4). The first 16 bytes, e_ident, are
/// not part of it but for the class.
/// </summary>
public struct ElfFileHeader
{
    /// <summary>Size of Elf64_Ehdr, bytes.</summary>
    public const int Bytes64 = 64;

    /// <summary>Size of Elf32_Ehdr, bytes.</summary>
    public const int Bytes32 = 52;

    /// <summary>Size of Elf64_Shdr, bytes.</summary>
    public const int SectionBytes64 = 64;

    /// <summary>Size of Elf32_Shdr, bytes.</summary>
    public const int SectionBytes32 = 40;

    /// <summary>PN_XNUM: the number of program headers stands in sh_info of section header 0.</summary>
    public const ushort CountInSection = 0xFFFF;

    /// <summary>ET_CORE.</summary>
    public const ushort TypeCore = 4;

    /// <summary>EM_386.</summary>
    public const ushort Machine386 = 3;

    /// <summary>EM_X86_64.</summary>
    public const ushort MachineX64 = 62;

    /// <summary>Index of the class in e_ident.</summary>
    public const int IdentClass = 4;

    /// <summary>e_type.</summary>
    public ushort Type;

    /// <summary>e_machine.</summary>
    public ushort Machine;

    /// <summary>e_version.</summary>
    public uint Version;

    /// <summary>e_entry.</summary>
    public ulong Entry;

    /// <summary>e_phoff.</summary>
    public ulong ProgramHeaderOffset;

    /// <summary>e_shoff.</summary>
    public ulong SectionHeaderOffset;

    /// <summary>e_flags.</summary>
    public uint Flags;

    /// <summary>e_ehsize.</summary>
    public ushort HeaderBytes;

    /// <summary>e_phentsize.</summary>
    public ushort ProgramHeaderBytes;

    /// <summary>e_phnum.</summary>
    public ushort ProgramHeaderCount;

    /// <summary>e_shentsize.</summary>
    public ushort SectionHeaderBytes;

    /// <summary>e_shnum.</summary>
    public ushort SectionHeaderCount;

    /// <summary>e_shstrndx.</summary>
    public ushort SectionNames;

    /// <summary>Size of an ELF header of the given class, bytes.</summary>
    public static int BytesOf(bool is64) => is64 ? Bytes64 : Bytes32;

    /// <summary>Size of a section header of the given class, bytes.</summary>
    public static int SectionBytesOf(bool is64) => is64 ? SectionBytes64 : SectionBytes32;

    /// <summary>Reads the wire form from the first bytes of <paramref name="source"/>.</summary>
    public static ElfFileHeader Read(ReadOnlySpan<byte> source, bool is64)
    {
        ElfFileHeader header = default;
        header.Type = BinaryPrimitives.ReadUInt16LittleEndian(source[16..]);
        header.Machine = BinaryPrimitives.ReadUInt16LittleEndian(source[18..]);
        header.Version = BinaryPrimitives.ReadUInt32LittleEndian(source[20..]);
        int tail = is64 ? 48 : 36;
        if (is64)
        {
            header.Entry = BinaryPrimitives.ReadUInt64LittleEndian(source[24..]);
            header.ProgramHeaderOffset = BinaryPrimitives.ReadUInt64LittleEndian(source[32..]);
            header.SectionHeaderOffset = BinaryPrimitives.ReadUInt64LittleEndian(source[40..]);
        }
        else
        {
            header.Entry = BinaryPrimitives.ReadUInt32LittleEndian(source[24..]);
            header.ProgramHeaderOffset = BinaryPrimitives.ReadUInt32LittleEndian(source[28..]);
            header.SectionHeaderOffset = BinaryPrimitives.ReadUInt32LittleEndian(source[32..]);
        }
        header.Flags = BinaryPrimitives.ReadUInt32LittleEndian(source[tail..]);
        header.HeaderBytes = BinaryPrimitives.ReadUInt16LittleEndian(source[(tail + 4)..]);
        header.ProgramHeaderBytes = BinaryPrimitives.ReadUInt16LittleEndian(source[(tail + 6)..]);
        header.ProgramHeaderCount = BinaryPrimitives.ReadUInt16LittleEndian(source[(tail + 8)..]);
        header.SectionHeaderBytes = BinaryPrimitives.ReadUInt16LittleEndian(source[(tail + 10)..]);
        header.SectionHeaderCount = BinaryPrimitives.ReadUInt16LittleEndian(source[(tail + 12)..]);
        header.SectionNames = BinaryPrimitives.ReadUInt16LittleEndian(source[(tail + 14)..]);
        return header;
    }

    /// <summary>Writes the wire form behind e_ident, which is left as it is.</summary>
    public readonly void Write(Span<byte> destination, bool is64)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(destination[16..], Type);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[18..], Machine);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[20..], Version);
        int tail = is64 ? 48 : 36;
        if (is64)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], Entry);
            BinaryPrimitives.WriteUInt64LittleEndian(destination[32..], ProgramHeaderOffset);
            BinaryPrimitives.WriteUInt64LittleEndian(destination[40..], SectionHeaderOffset);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(destination[24..], (uint)Entry);
            BinaryPrimitives.WriteUInt32LittleEndian(destination[28..], (uint)ProgramHeaderOffset);
            BinaryPrimitives.WriteUInt32LittleEndian(destination[32..], (uint)SectionHeaderOffset);
        }
        BinaryPrimitives.WriteUInt32LittleEndian(destination[tail..], Flags);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[(tail + 4)..], HeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[(tail + 6)..], ProgramHeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[(tail + 8)..], ProgramHeaderCount);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[(tail + 10)..], SectionHeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[(tail + 12)..], SectionHeaderCount);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[(tail + 14)..], SectionNames);
    }
}
