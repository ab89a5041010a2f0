using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using CosmosKdump.ImageCheck.Elf;
using CosmosKdump.ImageCheck.Packing;
using Iced.Intel;

namespace CosmosKdump.Tests.Unit.Tools.ImageCheck;

/// <summary>
/// A kernel image of a few bytes that passes every check. A test spoils one thing and builds it: the file is the ELF
/// headers, then from <see cref="BodyOffset"/> the memory image, then symbols, names and section headers.
/// </summary>
internal sealed class TinyImage
{
    public const ulong Base = 0x100000;
    public const ulong TextSize = 0x1000;
    public const ulong Rodata = Base + 0x1000;
    public const ulong Data = Base + 0x2000;
    public const ulong End = Base + 0x8000;
    public const int BodyOffset = 0x1000;
    private const int EntryOffset = 0x200;
    private const int MultibootOffset = 0x40;
    private const int NoteOffset = 0x100;
    private const int RelaOffset = 0x1200;

    private ulong _next = Base + EntryOffset;

    public TinyImage()
    {
        Body.AsSpan(0, (int)TextSize).Fill(0xCC);
        Symbols.Add(new ElfSymbol("", 0, 0, 0, 0, 0));
        Symbols.Add(Label("image_start", Base));
        Symbols.Add(Label("code32_start", Base));
        Symbols.Add(Label("code32_end", Base + 8));
        // 32-bit: inc eax; hlt. Decoded as 64 bits, 0x40 would be a prefix of hlt.
        new byte[] { 0x40, 0xF4 }.CopyTo(Body, 0);
        WriteMultiboot();
        WriteNote();
        Symbols.Add(Label("payload_start", Rodata));
        Symbols.Add(Label("payload_end", Data + 0x1000));
        Symbols.Add(new ElfSymbol("pvh_note", Base + NoteOffset, 20, ElfNumbers.SymbolObject, 1, 1));
        Symbols.Add(new ElfSymbol("multiboot2_header", Base + MultibootOffset, 40, ElfNumbers.SymbolObject, 1, 1));
        Function("startup_64", a => { a.xor(AssemblerRegisters.eax, AssemblerRegisters.eax); a.ret(); });
        Relocations.Add(new ElfRelocation(".rela.dyn", Data, ElfNumbers.RelocationRelative, 0, (long)Base + EntryOffset));
    }

    public byte[] Body { get; } = new byte[0x3000];

    public List<ElfSymbol> Symbols { get; } = [];

    public List<ElfRelocation> Relocations { get; } = [];

    public List<(ElfSection Section, int Link)> Sections { get; } =
    [
        (new ElfSection("", 0, 0, 0, 0, 0, 0), 0),
        (new ElfSection(".text", 1, 2 | 4, Base, BodyOffset, TextSize, 0), 0),
        (new ElfSection(".rodata", 1, 2, Rodata, BodyOffset + 0x1000, 0x200, 0), 0),
        (new ElfSection(".data", 1, 2 | 1, Data, BodyOffset + 0x2000, 0x1000, 0), 0),
        (new ElfSection(".bss", 8, 2 | 1, Data + 0x1000, BodyOffset + 0x3000, End - Data - 0x1000, 0), 0),
    ];

    public List<ElfSegment> Segments { get; } =
    [
        new ElfSegment(1, 5, BodyOffset, Base, Base, TextSize, TextSize),
        new ElfSegment(1, 4, BodyOffset + 0x1000, Rodata, Rodata, 0x1000, 0x1000),
        new ElfSegment(1, 6, BodyOffset + 0x2000, Data, Data, 0x1000, End - Data),
        new ElfSegment(4, 4, BodyOffset + NoteOffset, Base + NoteOffset, Base + NoteOffset, 20, 20),
    ];

    public ulong Entry { get; set; } = Base + EntryOffset;

    /// <summary>Appends a function with a size, 16-byte aligned; returns its address.</summary>
    public ulong Function(string name, Action<Assembler> write)
    {
        var assembler = new Assembler(64);
        write(assembler);
        using var code = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(code), _next);
        return Function(name, code.ToArray());
    }

    /// <summary>Appends a function of given bytes; returns its address.</summary>
    public ulong Function(string name, params byte[] code)
    {
        ulong address = _next;
        code.CopyTo(Body, (int)(address - Base));
        Symbols.Add(new ElfSymbol(name, address, (ulong)code.Length, ElfNumbers.SymbolFunction, 1, 1));
        _next = (address + (ulong)code.Length + 15) & ~15UL;
        return address;
    }

    /// <summary>A label without a size in .text.</summary>
    public static ElfSymbol Label(string name, ulong address) => new(name, address, 0, ElfNumbers.SymbolNoType, 1, 1);

    /// <summary>kdump.elf.</summary>
    public ElfImage Elf() => ElfImage.Parse(new CosmosKdump.ImageCheck.ImageFile("kdump.elf", ElfBytes()));

    public byte[] ElfBytes()
    {
        WriteRelocations();
        using var file = new MemoryStream();
        file.Write(new byte[BodyOffset]);
        file.Write(Body);
        var names = new NameTable();
        long symbolsAt = file.Position;
        Symbols.ForEach(s => file.Write(Bytes(s, names)));
        long namesAt = file.Position;
        var sections = new List<(ElfSection Section, int Link)>(Sections)
        {
            (new ElfSection(".rela.dyn", 4, 2, Base + RelaOffset, BodyOffset + RelaOffset,
                (ulong)Relocations.Count * ElfNumbers.RelaBytes, 0), 0),
            (new ElfSection(".symtab", 2, 0, 0, (ulong)symbolsAt, (ulong)(namesAt - symbolsAt), 0), Sections.Count + 2),
            (new ElfSection(".strtab", 3, 0, 0, (ulong)namesAt, 0, 0), 0),
        };
        int[] nameAt = sections.Select(s => names.Place(s.Section.Name)).ToArray();
        byte[] text = names.ToArray();
        file.Write(text);
        long sectionsAt = file.Position;
        for (int i = 0; i < sections.Count; i++)
        {
            ulong size = i == sections.Count - 1 ? (ulong)text.Length : sections[i].Section.SizeBytes;
            file.Write(Bytes(sections[i].Section, nameAt[i], size, sections[i].Link));
        }
        byte[] bytes = file.ToArray();
        WriteHeader(bytes, sectionsAt, sections.Count);
        return bytes;
    }

    /// <summary>kdump.elf as it is shipped.</summary>
    public byte[] ShippedBytes() => PackedElf.Make(Elf(), PackedImage.Pack(Elf()));

    /// <summary>kdump.bzimage: 1 KiB with the boot header, then head and packed payload.</summary>
    public byte[] BzImageBytes() => PackedBzImage.Make(SetupBytes(), PackedImage.Pack(Elf()));

    /// <summary>The boot header, without syssize.</summary>
    public static byte[] SetupBytes()
    {
        byte[] image = new byte[1024];
        image[0x1F1] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(0x1FE), 0xAA55);
        "HdrS"u8.CopyTo(image.AsSpan(0x202));
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(0x206), 0x020F);
        image[0x211] = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(0x230), 4096);
        image[0x234] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(0x236), 0x63);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(0x238), 4095);
        BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(0x258), 0x100000);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(0x260), (uint)(End - Base));
        return image;
    }

    private void WriteMultiboot()
    {
        uint[] words =
        [
            0xE85250D6, 0, 40, unchecked(0u - 0xE85250D6u - 40u),
            3, 12, (uint)Base, 0,
            0, 8,
        ];
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(Body.AsSpan(MultibootOffset + (i * 4)), words[i]);
        }
    }

    private void WriteNote()
    {
        Span<byte> note = Body.AsSpan(NoteOffset);
        BinaryPrimitives.WriteInt32LittleEndian(note, 4);
        BinaryPrimitives.WriteInt32LittleEndian(note[4..], 4);
        BinaryPrimitives.WriteInt32LittleEndian(note[8..], 18);
        "Xen\0"u8.CopyTo(note[12..]);
        BinaryPrimitives.WriteUInt32LittleEndian(note[16..], (uint)Base);
    }

    private void WriteRelocations()
    {
        for (int i = 0; i < Relocations.Count; i++)
        {
            Span<byte> at = Body.AsSpan(RelaOffset + (i * ElfNumbers.RelaBytes));
            BinaryPrimitives.WriteUInt64LittleEndian(at, Relocations[i].Target);
            BinaryPrimitives.WriteUInt64LittleEndian(
                at[8..], Relocations[i].Type | ((ulong)Relocations[i].SymbolIndex << 32));
            BinaryPrimitives.WriteInt64LittleEndian(at[16..], Relocations[i].Addend);
        }
    }

    private void WriteHeader(byte[] bytes, long sectionsAt, int sectionCount)
    {
        new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(16), ElfNumbers.TypeShared);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(18), ElfNumbers.MachineX64);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), Entry);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), ElfNumbers.HeaderBytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), sectionsAt);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(54), ElfNumbers.SegmentBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(56), (ushort)Segments.Count);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(58), ElfNumbers.SectionBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(60), (ushort)sectionCount);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(62), (ushort)(sectionCount - 1));
        for (int i = 0; i < Segments.Count; i++)
        {
            ElfSegment s = Segments[i];
            Span<byte> at = bytes.AsSpan(ElfNumbers.HeaderBytes + (i * ElfNumbers.SegmentBytes));
            BinaryPrimitives.WriteUInt32LittleEndian(at, s.Type);
            BinaryPrimitives.WriteUInt32LittleEndian(at[4..], s.Flags);
            ulong[] values = [s.OffsetBytes, s.Address, s.PhysicalAddress, s.FileBytes, s.MemoryBytes];
            for (int v = 0; v < values.Length; v++)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(at[(8 + (v * 8))..], values[v]);
            }
        }
    }

    private static byte[] Bytes(ElfSymbol symbol, NameTable names)
    {
        byte[] bytes = new byte[ElfNumbers.SymbolBytes];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, names.Place(symbol.Name));
        bytes[4] = (byte)(symbol.Type | (symbol.Binding << 4));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), symbol.SectionIndex);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), symbol.Address);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), symbol.SizeBytes);
        return bytes;
    }

    private static byte[] Bytes(ElfSection section, int name, ulong size, int link)
    {
        byte[] bytes = new byte[ElfNumbers.SectionBytes];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, name);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), section.Type);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), section.Flags);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), section.Address);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), section.OffsetBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(32), size);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(40), link);
        return bytes;
    }

    private sealed class NameTable
    {
        private readonly MemoryStream _bytes = new();

        public int Place(string name)
        {
            int at = (int)_bytes.Length;
            _bytes.Write(Encoding.ASCII.GetBytes(name + "\0"));
            return at;
        }

        public byte[] ToArray() => _bytes.ToArray();
    }
}
