using System;
using System.Collections.Generic;
using System.Linq;

namespace CosmosKdump.ImageCheck.Elf;

/// <summary>A linked ELF64 image for x86-64, as far as the checks need it.</summary>
public sealed class ElfImage
{
    private readonly ImageFile _file;

    private ElfImage(ImageFile file, ushort type, ulong entry)
    {
        _file = file;
        Type = type;
        Entry = entry;
    }

    /// <summary>The file.</summary>
    public ImageFile File => _file;

    /// <summary>e_type.</summary>
    public ushort Type { get; }

    /// <summary>e_entry.</summary>
    public ulong Entry { get; }

    /// <summary>All program headers.</summary>
    public IReadOnlyList<ElfSegment> Segments { get; private set; } = [];

    /// <summary>All section headers; the index is the section number.</summary>
    public IReadOnlyList<ElfSection> Sections { get; private set; } = [];

    /// <summary>All symbols of .symtab, the null symbol included.</summary>
    public IReadOnlyList<ElfSymbol> Symbols { get; private set; } = [];

    /// <summary>All load-time relocations with addends.</summary>
    public IReadOnlyList<ElfRelocation> Relocations { get; private set; } = [];

    /// <summary>The loaded segments.</summary>
    public IEnumerable<ElfSegment> Loads => Segments.Where(s => s.Type == ElfNumbers.SegmentLoad);

    /// <summary>Address of the first allocated section: where a flat copy of the image (objcopy -O binary) begins.</summary>
    public ulong Start => Sections.Where(s => s.IsAllocated && s.SizeBytes != 0).Select(s => s.Address)
        .DefaultIfEmpty().Min();

    /// <summary>One past the last address that the image uses at run time.</summary>
    public ulong End => Loads.Select(s => s.End).DefaultIfEmpty().Max();

    /// <summary>Parses a file. Throws <see cref="ImageFormatException"/> when it is not such an image.</summary>
    public static ElfImage Parse(ImageFile file)
    {
        if (file.LengthBytes < ElfNumbers.HeaderBytes || file.UInt32(0) != 0x464C457F)
        {
            throw new ImageFormatException(file.Name, 0, "not an ELF file");
        }
        if (file.Byte(4) != 2 || file.Byte(5) != 1 || file.UInt16(18) != ElfNumbers.MachineX64)
        {
            throw new ImageFormatException(file.Name, 4, "not a little-endian ELF64 file for x86-64");
        }
        var image = new ElfImage(file, file.UInt16(16), file.UInt64(24));
        if (image.Type is not (ElfNumbers.TypeExecutable or ElfNumbers.TypeShared))
        {
            throw new ImageFormatException(file.Name, 16, $"e_type is {image.Type}: not a linked image");
        }
        image.Segments = ReadSegments(file);
        image.Sections = ReadSections(file);
        image.Symbols = ReadSymbols(file, image.Sections);
        image.Relocations = ReadRelocations(file, image.Sections);
        return image;
    }

    /// <summary>The section at an address, or null.</summary>
    public ElfSection? SectionAt(ulong address) => Sections.FirstOrDefault(s => s.Contains(address));

    /// <summary>The loaded segment at a virtual address, or null.</summary>
    public ElfSegment? LoadAt(ulong address) => Loads.FirstOrDefault(s => s.Contains(address));

    /// <summary>The bytes of a section; empty for one without bytes in the file.</summary>
    public ReadOnlyMemory<byte> BytesOf(ElfSection section) =>
        section.HasBytes ? _file.Slice(section.OffsetBytes, section.SizeBytes) : ReadOnlyMemory<byte>.Empty;

    /// <summary>The address of a defined symbol, or null.</summary>
    public ulong? AddressOf(string name) =>
        Symbols.FirstOrDefault(s => s.Name == name && s.SectionIndex != ElfNumbers.IndexUndefined)?.Address;

    private static List<ElfSegment> ReadSegments(ImageFile file)
    {
        var segments = new List<ElfSegment>();
        ulong table = file.UInt64(32);
        ushort count = file.UInt16(56);
        if (count != 0 && file.UInt16(54) != ElfNumbers.SegmentBytes)
        {
            throw new ImageFormatException(file.Name, 54, $"e_phentsize is {file.UInt16(54)}");
        }
        for (ulong i = 0; i < count; i++)
        {
            ulong at = table + (i * ElfNumbers.SegmentBytes);
            var segment = new ElfSegment(
                file.UInt32(at), file.UInt32(at + 4), file.UInt64(at + 8), file.UInt64(at + 16), file.UInt64(at + 24),
                file.UInt64(at + 32), file.UInt64(at + 40));
            if (segment.FileBytes > segment.MemoryBytes && segment.Type == ElfNumbers.SegmentLoad)
            {
                throw new ImageFormatException(file.Name, (long)at, "segment with p_filesz > p_memsz");
            }
            _ = file.Slice(segment.OffsetBytes, segment.FileBytes);
            segments.Add(segment);
        }
        return segments;
    }

    private static List<ElfSection> ReadSections(ImageFile file)
    {
        var sections = new List<ElfSection>();
        ulong table = file.UInt64(40);
        ushort count = file.UInt16(60);
        ushort names = file.UInt16(62);
        if (count == 0 || names >= count || file.UInt16(58) != ElfNumbers.SectionBytes)
        {
            throw new ImageFormatException(file.Name, 58, "no usable section headers (was the image stripped of them?)");
        }
        ulong namesAt = table + ((ulong)names * ElfNumbers.SectionBytes);
        ulong namesOffset = file.UInt64(namesAt + 24);
        ulong namesSize = file.UInt64(namesAt + 32);
        for (ulong i = 0; i < count; i++)
        {
            ulong at = table + (i * ElfNumbers.SectionBytes);
            string name = file.Text(namesOffset, namesSize, file.UInt32(at));
            var section = new ElfSection(
                name, file.UInt32(at + 4), file.UInt64(at + 8), file.UInt64(at + 16), file.UInt64(at + 24),
                file.UInt64(at + 32), file.UInt32(at + 40));
            if (section.HasBytes)
            {
                _ = file.Slice(section.OffsetBytes, section.SizeBytes);
            }
            sections.Add(section);
        }
        return sections;
    }

    private static List<ElfSymbol> ReadSymbols(ImageFile file, IReadOnlyList<ElfSection> sections)
    {
        var symbols = new List<ElfSymbol>();
        foreach (ElfSection table in sections.Where(s => s.Type == ElfNumbers.SectionSymbols))
        {
            if (table.Link >= (uint)sections.Count)
            {
                throw new ImageFormatException(file.Name, (long)table.OffsetBytes, "symbol table without a string table");
            }
            ElfSection names = sections[(int)table.Link];
            for (ulong at = table.OffsetBytes; at + ElfNumbers.SymbolBytes <= table.OffsetBytes + table.SizeBytes;
                at += ElfNumbers.SymbolBytes)
            {
                byte info = file.Byte(at + 4);
                string name = file.Text(names.OffsetBytes, names.SizeBytes, file.UInt32(at));
                symbols.Add(new ElfSymbol(
                    name, file.UInt64(at + 8), file.UInt64(at + 16), (byte)(info & 15), (byte)(info >> 4),
                    file.UInt16(at + 6)));
            }
        }
        return symbols;
    }

    private static List<ElfRelocation> ReadRelocations(ImageFile file, IReadOnlyList<ElfSection> sections)
    {
        var relocations = new List<ElfRelocation>();
        foreach (ElfSection table in sections.Where(s => s.Type == ElfNumbers.SectionRela && s.IsAllocated))
        {
            for (ulong at = table.OffsetBytes; at + ElfNumbers.RelaBytes <= table.OffsetBytes + table.SizeBytes;
                at += ElfNumbers.RelaBytes)
            {
                ulong info = file.UInt64(at + 8);
                relocations.Add(new ElfRelocation(
                    table.Name, file.UInt64(at), (uint)info, (uint)(info >> 32), (long)file.UInt64(at + 16)));
            }
        }
        return relocations;
    }
}
