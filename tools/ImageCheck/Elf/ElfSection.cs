namespace CosmosKdump.ImageCheck.Elf;

/// <summary>A section header (gABI chapter 4, "Sections").</summary>
/// <param name="Name">Name of the section.</param>
/// <param name="Type">sh_type.</param>
/// <param name="Flags">sh_flags.</param>
/// <param name="Address">Virtual address of its first byte.</param>
/// <param name="OffsetBytes">Offset in the file.</param>
/// <param name="SizeBytes">Size, bytes.</param>
/// <param name="Link">sh_link: for symbols, the index of their string table.</param>
public sealed record ElfSection(
    string Name, uint Type, ulong Flags, ulong Address, ulong OffsetBytes, ulong SizeBytes, uint Link)
{
    /// <summary>It is in memory at run time.</summary>
    public bool IsAllocated => (Flags & ElfNumbers.SectionAllocate) != 0;

    /// <summary>It is writable at run time.</summary>
    public bool IsWritable => (Flags & ElfNumbers.SectionWrite) != 0;

    /// <summary>It holds machine instructions.</summary>
    public bool IsExecutable => (Flags & ElfNumbers.SectionExecute) != 0;

    /// <summary>Its bytes are in the file.</summary>
    public bool HasBytes => Type != ElfNumbers.SectionNoBits;

    /// <summary>One past its last address.</summary>
    public ulong End => Address + SizeBytes;

    /// <summary>Whether an address lies in it.</summary>
    public bool Contains(ulong address) => IsAllocated && address >= Address && address < End;
}
