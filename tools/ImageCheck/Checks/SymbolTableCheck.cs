using System;
using CosmosKdump.ImageCheck.Elf;
using CosmosKdump.ImageCheck.Symbols;

namespace CosmosKdump.ImageCheck.Checks;

/// <summary>That the symbol table inside an image is the image's own: the second link moved nothing.</summary>
public static class SymbolTableCheck
{
    /// <summary>Runs the check.</summary>
    public static void Run(CheckSubject subject)
    {
        ElfImage elf = subject.Elf;
        SymbolTableBuilder wanted = SymbolTableBuilder.Of(elf);
        byte[] wantedTable = wanted.TableBytes();
        if (Between(subject, SymbolSource.Table, SymbolSource.TableEnd) is not ReadOnlyMemory<byte> table
            || Between(subject, SymbolSource.Names, SymbolSource.NamesEnd) is not ReadOnlyMemory<byte> names)
        {
            return;
        }
        if (table.Length != wantedTable.Length)
        {
            subject.Report(
                FindingKind.SymbolTable,
                $"the table in the image has {table.Length} bytes, that of its symbols {wantedTable.Length}: "
                + "was the image linked with an older table?");
            return;
        }
        for (int i = 0; i < wanted.Entries.Count; i++)
        {
            int at = i * Capture.Symbols.SymbolTable.EntryBytes;
            if (!table.Span.Slice(at, 8).SequenceEqual(wantedTable.AsSpan(at, 8)))
            {
                subject.Report(
                    FindingKind.SymbolTable,
                    $"entry {i}, {wanted.Entries[i].Name}, is wrong in the image: code moved between the two links");
                return;
            }
        }
        if (!names.Span.SequenceEqual(wanted.Names))
        {
            subject.Report(FindingKind.SymbolTable, "the names in the image are not those of its symbols");
        }
    }

    private static ReadOnlyMemory<byte>? Between(CheckSubject subject, string first, string last)
    {
        ElfImage elf = subject.Elf;
        if (elf.AddressOf(first) is not ulong start || elf.AddressOf(last) is not ulong end)
        {
            subject.Report(FindingKind.SymbolTable, $"the image has no symbols {first} and {last}");
            return null;
        }
        ElfSegment? segment = elf.LoadAt(start);
        if (segment is null || end < start || end > segment.Address + segment.FileBytes)
        {
            subject.Report(FindingKind.SymbolTable, start, $"{first} to {last} is not within the bytes of the image");
            return null;
        }
        return elf.File.Slice(segment.OffsetBytes + (start - segment.Address), end - start);
    }
}
