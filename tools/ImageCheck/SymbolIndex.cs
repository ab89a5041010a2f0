using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.ImageCheck.Elf;
using CosmosKdump.ImageCheck.Symbols;

namespace CosmosKdump.ImageCheck;

/// <summary>Finds the symbol before an address, for messages.</summary>
public sealed class SymbolIndex
{
    private readonly ElfImage _elf;
    private readonly ulong[] _addresses;
    private readonly string[] _names;

    /// <summary>Indexes the symbols of an image.</summary>
    public SymbolIndex(ElfImage elf)
    {
        _elf = elf;
        IReadOnlyList<CodeSymbol> symbols = CodeSymbol.Of(elf);
        _addresses = symbols.Select(s => s.Address).ToArray();
        _names = symbols.Select(s => s.LinkName).ToArray();
    }

    /// <summary>The linker's name of the code symbol at or before an address, empty if there is none.</summary>
    public string LinkName(ulong address)
    {
        int i = Find(address);
        return i < 0 ? "" : _names[i];
    }

    /// <summary>Readable name and displacement, or null for an address outside of code.</summary>
    public string? Describe(ulong address)
    {
        int i = Find(address);
        if (i < 0 || _elf.SectionAt(address) is not { IsExecutable: true })
        {
            return null;
        }
        ulong displacement = address - _addresses[i];
        string name = ManagedName.Parse(_names[i]).ToString();
        return displacement == 0 ? name : $"{name}+0x{displacement:x}";
    }

    private int Find(ulong address)
    {
        int i = Array.BinarySearch(_addresses, address);
        return i >= 0 ? i : ~i - 1;
    }
}
