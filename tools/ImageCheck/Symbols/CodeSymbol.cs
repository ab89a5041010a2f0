using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.ImageCheck.Code;
using CosmosKdump.ImageCheck.Elf;

namespace CosmosKdump.ImageCheck.Symbols;

/// <summary>A name for a place in the code.</summary>
/// <param name="Address">Virtual address.</param>
/// <param name="LinkName">The linker's name.</param>
public sealed record CodeSymbol(ulong Address, string LinkName)
{
    /// <summary>
    /// The code symbols of an image, ascending, one per address: functions, and labels of the assembler that lie in no
    /// function. Of several names for one address the most telling is taken: a C# method before its export.
    /// </summary>
    public static IReadOnlyList<CodeSymbol> Of(ElfImage elf)
    {
        var result = new List<CodeSymbol>();
        ulong functionEnd = 0;
        IEnumerable<IGrouping<ulong, ElfSymbol>> places = elf.Symbols
            .Where(s => IsCode(elf, s))
            .GroupBy(s => s.Address).OrderBy(g => g.Key);
        foreach (IGrouping<ulong, ElfSymbol> place in places)
        {
            bool inside = place.Key < functionEnd;
            ElfSymbol best = place.OrderByDescending(Rank).ThenBy(s => s.Name, StringComparer.Ordinal).First();
            if (best.IsFunction || !inside)
            {
                result.Add(new CodeSymbol(place.Key, best.Name));
                functionEnd = Math.Max(functionEnd, place.Max(s => s.Address + s.SizeBytes));
            }
        }
        return result;
    }

    private static bool IsCode(ElfImage elf, ElfSymbol symbol)
    {
        if (!symbol.IsDefined || symbol.Name.Length == 0 || symbol.Name == SymbolTableBuilder.BaseSymbol
            || CodeMap.IsMarker(symbol.Name)
            || symbol.SectionIndex >= elf.Sections.Count
            || symbol.Type is not (ElfNumbers.SymbolNoType or ElfNumbers.SymbolFunction))
        {
            return false;
        }
        ElfSection section = elf.Sections[symbol.SectionIndex];
        return section.IsExecutable && section.Contains(symbol.Address);
    }

    private static int Rank(ElfSymbol symbol) =>
        (symbol.IsFunction ? 4 : 0)
        + (ManagedName.Parse(symbol.Name).Type.Length != 0 ? 2 : 0)
        + (symbol.SizeBytes != 0 ? 1 : 0);
}
