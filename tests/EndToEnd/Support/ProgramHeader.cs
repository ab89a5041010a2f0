namespace CosmosKdump.Tests.EndToEnd.Support;

/// <summary>A program header of an ELF64 core (System V gABI, "Program Header").</summary>
/// <param name="Type">PT_LOAD 1, PT_NOTE 4.</param>
/// <param name="Flags">PF_X 1, PF_W 2, PF_R 4.</param>
/// <param name="OffsetBytes">Where the segment lies in the file.</param>
/// <param name="VirtualAddress">p_vaddr.</param>
/// <param name="PhysicalAddress">p_paddr.</param>
/// <param name="FileBytes">p_filesz.</param>
/// <param name="MemoryBytes">p_memsz.</param>
/// <param name="Alignment">p_align.</param>
public readonly record struct ProgramHeader(
    uint Type,
    uint Flags,
    ulong OffsetBytes,
    ulong VirtualAddress,
    ulong PhysicalAddress,
    ulong FileBytes,
    ulong MemoryBytes,
    ulong Alignment)
{
    /// <summary>Type of a segment of memory.</summary>
    public const uint Load = 1;

    /// <summary>Type of the notes.</summary>
    public const uint Note = 4;
}
