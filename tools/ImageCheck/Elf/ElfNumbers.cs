namespace CosmosKdump.ImageCheck.Elf;

/// <summary>Numbers of the ELF format (System V gABI 4.1; x86-64 psABI 1.0, table 4.9 for relocations).</summary>
public static class ElfNumbers
{
    /// <summary>e_machine of x86-64.</summary>
    public const ushort MachineX64 = 62;

    /// <summary>e_type of an executable at a fixed address.</summary>
    public const ushort TypeExecutable = 2;

    /// <summary>e_type of a position-independent executable.</summary>
    public const ushort TypeShared = 3;

    /// <summary>p_type of a loaded segment.</summary>
    public const uint SegmentLoad = 1;

    /// <summary>p_type of notes.</summary>
    public const uint SegmentNote = 4;

    /// <summary>p_flags: executable.</summary>
    public const uint SegmentExecute = 1;

    /// <summary>p_flags: writable.</summary>
    public const uint SegmentWrite = 2;

    /// <summary>p_flags: readable.</summary>
    public const uint SegmentRead = 4;

    /// <summary>sh_type of bytes that the program itself defines.</summary>
    public const uint SectionBits = 1;

    /// <summary>sh_type of names.</summary>
    public const uint SectionNames = 3;

    /// <summary>sh_type of a symbol table.</summary>
    public const uint SectionSymbols = 2;

    /// <summary>sh_type of relocations with addends.</summary>
    public const uint SectionRela = 4;

    /// <summary>sh_type of a section without bytes in the file.</summary>
    public const uint SectionNoBits = 8;

    /// <summary>sh_type of relocations without addends.</summary>
    public const uint SectionRel = 9;

    /// <summary>sh_type of packed relative relocations.</summary>
    public const uint SectionRelr = 19;

    /// <summary>sh_flags: writable.</summary>
    public const ulong SectionWrite = 1;

    /// <summary>sh_flags: in memory at run time.</summary>
    public const ulong SectionAllocate = 2;

    /// <summary>sh_flags: machine instructions.</summary>
    public const ulong SectionExecute = 4;

    /// <summary>st_shndx: undefined.</summary>
    public const ushort IndexUndefined = 0;

    /// <summary>First reserved st_shndx.</summary>
    public const ushort IndexReserved = 0xFF00;

    /// <summary>Symbol type: none given, as for labels in assembler.</summary>
    public const byte SymbolNoType = 0;

    /// <summary>Symbol type: data.</summary>
    public const byte SymbolObject = 1;

    /// <summary>Symbol type: function.</summary>
    public const byte SymbolFunction = 2;

    /// <summary>Symbol binding: weak.</summary>
    public const byte BindingWeak = 2;

    /// <summary>R_X86_64_RELATIVE: image base + addend, 64 bits.</summary>
    public const uint RelocationRelative = 8;

    /// <summary>Bytes of an Elf64_Ehdr.</summary>
    public const int HeaderBytes = 64;

    /// <summary>Bytes of an Elf64_Phdr.</summary>
    public const int SegmentBytes = 56;

    /// <summary>Bytes of an Elf64_Shdr.</summary>
    public const int SectionBytes = 64;

    /// <summary>Bytes of an Elf64_Sym.</summary>
    public const int SymbolBytes = 24;

    /// <summary>Bytes of an Elf64_Rela.</summary>
    public const int RelaBytes = 24;
}
