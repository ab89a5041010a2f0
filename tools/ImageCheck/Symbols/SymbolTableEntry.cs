namespace CosmosKdump.ImageCheck.Symbols;

/// <summary>One entry of the symbol table.</summary>
/// <param name="OffsetBytes">Offset of the code from the start of the image.</param>
/// <param name="TypeAt">Position of the type's name.</param>
/// <param name="MemberAt">Position of the member's name; 0 ends the code.</param>
/// <param name="Name">The whole name, for comments.</param>
public readonly record struct SymbolTableEntry(uint OffsetBytes, ushort TypeAt, ushort MemberAt, string Name);
