namespace CosmosKdump.ImageCheck.Elf;

/// <summary>A program header (gABI chapter 5, "Program Header").</summary>
/// <param name="Type">p_type.</param>
/// <param name="Flags">p_flags.</param>
/// <param name="OffsetBytes">Offset in the file.</param>
/// <param name="Address">p_vaddr.</param>
/// <param name="PhysicalAddress">p_paddr.</param>
/// <param name="FileBytes">p_filesz.</param>
/// <param name="MemoryBytes">p_memsz.</param>
public sealed record ElfSegment(
    uint Type, uint Flags, ulong OffsetBytes, ulong Address, ulong PhysicalAddress, ulong FileBytes, ulong MemoryBytes)
{
    /// <summary>It is executable.</summary>
    public bool IsExecutable => (Flags & ElfNumbers.SegmentExecute) != 0;

    /// <summary>It is writable.</summary>
    public bool IsWritable => (Flags & ElfNumbers.SegmentWrite) != 0;

    /// <summary>One past its last virtual address.</summary>
    public ulong End => Address + MemoryBytes;

    /// <summary>Whether a virtual address lies in it.</summary>
    public bool Contains(ulong address) => address >= Address && address < End;
}
