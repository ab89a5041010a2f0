namespace CosmosKdump.ImageCheck.Elf;

/// <summary>A symbol (gABI chapter 4, "Symbol Table").</summary>
/// <param name="Name">Name as the linker has it.</param>
/// <param name="Address">Virtual address.</param>
/// <param name="SizeBytes">Size, 0 if unknown.</param>
/// <param name="Type">Low nibble of st_info.</param>
/// <param name="Binding">High nibble of st_info.</param>
/// <param name="SectionIndex">st_shndx.</param>
public sealed record ElfSymbol(
    string Name, ulong Address, ulong SizeBytes, byte Type, byte Binding, ushort SectionIndex)
{
    /// <summary>It is a function.</summary>
    public bool IsFunction => Type == ElfNumbers.SymbolFunction;

    /// <summary>It has an address inside a section.</summary>
    public bool IsDefined => SectionIndex is not ElfNumbers.IndexUndefined and < ElfNumbers.IndexReserved;
}
