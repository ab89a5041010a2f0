using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.ImageCheck.Elf;

namespace CosmosKdump.ImageCheck.Code;

/// <summary>
/// Divides the executable sections into ranges to decode. Functions with a size are taken as they are; between them
/// every label of the assembler starts a range. Data inside code is left out where its symbol has type object and a
/// size. Code between the labels <c>code32_start*</c> and <c>code32_end*</c> is 32-bit code.
/// </summary>
public static class CodeMap
{
    private const string Code32Start = "code32_start";
    private const string Code32End = "code32_end";

    /// <summary>The ranges of an image, ascending, without overlaps.</summary>
    public static IReadOnlyList<CodeRange> Of(ElfImage elf)
    {
        List<(ulong Start, ulong End)> code32 = Code32(elf);
        var ranges = new List<CodeRange>();
        for (int i = 0; i < elf.Sections.Count; i++)
        {
            ElfSection section = elf.Sections[i];
            if (section.IsAllocated && section.IsExecutable && section.HasBytes && section.SizeBytes != 0)
            {
                Divide(elf, section, i, code32, ranges);
            }
        }
        ranges.Sort((a, b) => a.Start.CompareTo(b.Start));
        return ranges;
    }

    /// <summary>Whether a symbol is one of the labels around 32-bit code, and names no function.</summary>
    public static bool IsMarker(string name) =>
        name.StartsWith(Code32Start, StringComparison.Ordinal) || name.StartsWith(Code32End, StringComparison.Ordinal);

    private static void Divide(
        ElfImage elf, ElfSection section, int index, List<(ulong Start, ulong End)> code32, List<CodeRange> ranges)
    {
        ElfSymbol[] labels = elf.Symbols
            .Where(s => s.SectionIndex == index && s.Name.Length != 0 && section.Contains(s.Address) && IsLabel(s))
            .OrderBy(s => s.Address).ThenByDescending(s => s.SizeBytes).ToArray();
        ulong cursor = section.Address;
        for (int i = 0; i < labels.Length; i++)
        {
            ElfSymbol label = labels[i];
            if (label.Address < cursor)
            {
                continue;
            }
            Add(cursor, label.Address);
            cursor = label.Address;
            if (label.SizeBytes != 0)
            {
                ulong end = Math.Min(section.End, label.Address + label.SizeBytes);
                if (label.Type != ElfNumbers.SymbolObject)
                {
                    Add(cursor, end);
                }
                cursor = end;
            }
        }
        Add(cursor, section.End);

        void Add(ulong start, ulong end)
        {
            if (start < end)
            {
                bool is32 = code32.Any(r => start >= r.Start && start < r.End);
                ranges.Add(new CodeRange(start, end, is32 ? 32 : 64));
            }
        }
    }

    private static bool IsLabel(ElfSymbol symbol) =>
        symbol.Type is ElfNumbers.SymbolNoType or ElfNumbers.SymbolFunction
        || (symbol.Type == ElfNumbers.SymbolObject && symbol.SizeBytes != 0);

    private static List<(ulong Start, ulong End)> Code32(ElfImage elf)
    {
        ulong[] starts = Addresses(elf, Code32Start);
        ulong[] ends = Addresses(elf, Code32End);
        if (starts.Length != ends.Length)
        {
            throw new ImageFormatException(
                elf.File.Name, $"{starts.Length} labels {Code32Start}*, but {ends.Length} labels {Code32End}*");
        }
        return starts.Zip(ends).ToList();
    }

    private static ulong[] Addresses(ElfImage elf, string prefix) =>
        elf.Symbols.Where(s => s.IsDefined && s.Name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(s => s.Address).Order().ToArray();
}
