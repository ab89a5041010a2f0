using System;
using System.IO;
using System.Text;

namespace CosmosKdump.ImageCheck.Symbols;

/// <summary>
/// Writes the symbol table as an assembler file. Linking takes two passes, as Linux's scripts/link-vmlinux.sh does it
/// for kallsyms: with an empty table, then with the table of the first link. The section must lie behind all code, so
/// that the table's growth moves no code.
/// </summary>
public static class SymbolSource
{
    /// <summary>Section of the table and the names.</summary>
    public const string Section = ".rodata.symbols";

    /// <summary>Symbol at the first entry.</summary>
    public const string Table = "symbol_table";

    /// <summary>Symbol behind the last entry.</summary>
    public const string TableEnd = "symbol_table_end";

    /// <summary>Symbol at the names.</summary>
    public const string Names = "symbol_names";

    /// <summary>Symbol behind the names.</summary>
    public const string NamesEnd = "symbol_names_end";

    private const int BytesPerLine = 24;

    /// <summary>Writes the file's text.</summary>
    public static void Write(TextWriter output, SymbolTableBuilder table)
    {
        output.Write("/* Made by ImageCheck symbols; layout: capture/Symbols/SymbolTable.cs. */\n");
        output.Write($"\t.section {Section}, \"a\", @progbits\n\t.balign 8\n");
        Label(output, Table);
        foreach (SymbolTableEntry entry in table.Entries)
        {
            string name = entry.MemberAt == 0 ? "end of code" : entry.Name.Replace("*/", "", StringComparison.Ordinal);
            output.Write($"\t.long 0x{entry.OffsetBytes:x}; .short {entry.TypeAt}, {entry.MemberAt}\t/* {name} */\n");
        }
        Label(output, TableEnd);
        Label(output, Names);
        byte[] names = table.Names;
        for (int i = 0; i < names.Length; i += BytesPerLine)
        {
            var line = new StringBuilder("\t.byte ");
            line.AppendJoin(", ", names[i..Math.Min(i + BytesPerLine, names.Length)]);
            output.Write(line.Append('\n').ToString());
        }
        Label(output, NamesEnd);
        output.Write("\t.section .note.GNU-stack, \"\", @progbits\n");
    }

    private static void Label(TextWriter output, string name) => output.Write($"\t.globl {name}\n{name}:\n");
}
