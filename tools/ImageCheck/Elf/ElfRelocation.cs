namespace CosmosKdump.ImageCheck.Elf;

/// <summary>A relocation that is left for load time.</summary>
/// <param name="Section">Section that holds it.</param>
/// <param name="Target">Virtual address of the place to patch.</param>
/// <param name="Type">Relocation type of the x86-64 psABI.</param>
/// <param name="SymbolIndex">Index of its symbol, 0 for none.</param>
/// <param name="Addend">Addend; for R_X86_64_RELATIVE the address that it points to.</param>
public sealed record ElfRelocation(string Section, ulong Target, uint Type, uint SymbolIndex, long Addend);
