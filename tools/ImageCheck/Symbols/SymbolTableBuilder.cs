using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using CosmosKdump.Capture.Symbols;
using CosmosKdump.ImageCheck.Elf;

namespace CosmosKdump.ImageCheck.Symbols;

/// <summary>
/// Makes the table that <see cref="SymbolTable"/> reads. Names are stored once; type and method are stored apart, since
/// many methods share a type and many types a method's name.
/// </summary>
public sealed class SymbolTableBuilder
{
    /// <summary>Symbol at the start of the image, to which all offsets relate.</summary>
    public const string BaseSymbol = "image_start";

    private readonly MemoryStream _names = new();
    private readonly Dictionary<string, ushort> _positions = new(StringComparer.Ordinal) { [""] = 0 };
    private readonly List<SymbolTableEntry> _entries = [];
    private readonly string _file;

    private SymbolTableBuilder(string file)
    {
        _file = file;
        _names.WriteByte(0);
    }

    /// <summary>The entries, ascending.</summary>
    public IReadOnlyList<SymbolTableEntry> Entries => _entries;

    /// <summary>The names.</summary>
    public byte[] Names => _names.ToArray();

    /// <summary>A table without entries, for the first of two links.</summary>
    public static SymbolTableBuilder Empty() => new("");

    /// <summary>The table of an image. Throws <see cref="ImageFormatException"/> when it cannot be made.</summary>
    public static SymbolTableBuilder Of(ElfImage elf)
    {
        var builder = new SymbolTableBuilder(elf.File.Name);
        ulong start = elf.AddressOf(BaseSymbol)
            ?? throw new ImageFormatException(elf.File.Name, $"no symbol {BaseSymbol}");
        foreach (CodeSymbol symbol in CodeSymbol.Of(elf))
        {
            builder.Add(start, symbol.Address, ManagedName.Parse(symbol.LinkName));
        }
        ulong end = elf.Sections.Where(s => s.IsAllocated && s.IsExecutable).Select(s => s.End).DefaultIfEmpty(start).Max();
        builder.Add(start, end, new ManagedName("", ""));
        return builder;
    }

    /// <summary>The entries as the kernel sees them.</summary>
    public byte[] TableBytes()
    {
        using var table = new MemoryStream();
        using var writer = new BinaryWriter(table);
        foreach (SymbolTableEntry entry in _entries)
        {
            writer.Write(entry.OffsetBytes);
            writer.Write(entry.TypeAt);
            writer.Write(entry.MemberAt);
        }
        writer.Flush();
        return table.ToArray();
    }

    private void Add(ulong start, ulong address, ManagedName name)
    {
        if (address < start || address - start > uint.MaxValue)
        {
            throw new ImageFormatException(_file, $"{name} at 0x{address:x} is not within 4 GiB behind {BaseSymbol}");
        }
        _entries.Add(new SymbolTableEntry((uint)(address - start), Place(name.Type), Place(name.Member), name.ToString()));
    }

    private ushort Place(string name)
    {
        if (_positions.TryGetValue(name, out ushort known))
        {
            return known;
        }
        byte[] bytes = Encoding.ASCII.GetBytes(name);
        int length = Math.Min(bytes.Length, SymbolTable.NameBytes);
        long position = _names.Length;
        if (position + 1 + length > SymbolTable.NamesBytes)
        {
            throw new ImageFormatException(_file, $"the names of its symbols exceed {SymbolTable.NamesBytes} bytes");
        }
        _names.WriteByte((byte)length);
        _names.Write(bytes, 0, length);
        _positions.Add(name, (ushort)position);
        return (ushort)position;
    }
}
