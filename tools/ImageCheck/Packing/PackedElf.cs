using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using CosmosKdump.ImageCheck.Elf;

namespace CosmosKdump.ImageCheck.Packing;

/// <summary>
/// kdump.elf as users get it: a segment for the head, and one for the packed payload with memory for the unpacked one
/// and everything behind it; the head's notes; no symbols. kexec moves it, as its type is ET_DYN.
/// </summary>
public static class PackedElf
{
    // Loaders map whole pages: a segment's place in the file and its address differ by a multiple of them.
    private const ulong BodyOffset = 4096;

    /// <summary>The file's bytes, of a linked image and what <see cref="PackedImage.Pack"/> made of it.</summary>
    public static byte[] Make(ElfImage elf, byte[] shipped)
    {
        PackedImage.Bounds bounds = PackedImage.BoundsOf(elf);
        ulong headBytes = bounds.PayloadStart - elf.Start;
        ulong packedBytes = (ulong)shipped.Length - headBytes;
        const uint HeadRights = ElfNumbers.SegmentRead | ElfNumbers.SegmentExecute;
        const uint PayloadRights = ElfNumbers.SegmentRead | ElfNumbers.SegmentWrite;
        List<ElfSegment> segments =
        [
            new(ElfNumbers.SegmentLoad, HeadRights, BodyOffset, elf.Start, elf.Start, headBytes, headBytes),
            new(ElfNumbers.SegmentLoad, PayloadRights, BodyOffset + headBytes, bounds.PayloadStart, bounds.PayloadStart,
                packedBytes, elf.End - bounds.PayloadStart),
            .. elf.Segments.Where(s => s.Type == ElfNumbers.SegmentNote && s.Address + s.FileBytes <= bounds.PayloadStart)
                .Select(s => s with { OffsetBytes = BodyOffset + s.Address - elf.Start }),
        ];
        const ulong Data = ElfNumbers.SectionAllocate | ElfNumbers.SectionWrite;
        ulong packedEnd = bounds.PayloadStart + packedBytes;
        List<ElfSection> sections =
        [
            new("", 0, 0, 0, 0, 0, 0),
            new(".head", ElfNumbers.SectionBits, ElfNumbers.SectionAllocate | ElfNumbers.SectionExecute, elf.Start,
                BodyOffset, headBytes, 0),
            new(".packed", ElfNumbers.SectionBits, Data, bounds.PayloadStart, BodyOffset + headBytes, packedBytes, 0),
            new(".bss", ElfNumbers.SectionNoBits, Data, packedEnd, BodyOffset + (ulong)shipped.Length, elf.End - packedEnd, 0),
        ];
        return Write(elf.Entry, segments, sections, shipped);
    }

    private static byte[] Write(ulong entry, List<ElfSegment> segments, List<ElfSection> sections, byte[] body)
    {
        using var file = new MemoryStream();
        using var output = new BinaryWriter(file);
        file.SetLength((long)BodyOffset);
        file.Position = (long)BodyOffset;
        output.Write(body);

        ulong namesAt = (ulong)file.Position;
        sections.Add(new ElfSection(".shstrtab", ElfNumbers.SectionNames, 0, 0, namesAt, 0, 0));
        byte[] names = Encoding.ASCII.GetBytes(string.Concat(sections.Select(s => s.Name + "\0")));
        sections[^1] = sections[^1] with { SizeBytes = (ulong)names.Length };
        output.Write(names);
        output.Write(new byte[(int)(-file.Position & 7)]);
        long sectionsAt = file.Position;
        int nameAt = 0;
        foreach (ElfSection section in sections)
        {
            WriteSection(output, section, nameAt);
            nameAt += section.Name.Length + 1;
        }

        file.Position = ElfNumbers.HeaderBytes;
        segments.ForEach(s => WriteSegment(output, s));
        if (file.Position > (long)BodyOffset)
        {
            throw new InvalidOperationException($"{segments.Count} program headers do not fit before the head");
        }
        byte[] bytes = file.ToArray();
        WriteHeader(bytes, entry, segments.Count, sectionsAt, sections.Count);
        return bytes;
    }

    private static void WriteHeader(byte[] bytes, ulong entry, int segments, long sectionsAt, int sections)
    {
        // ELFCLASS64, ELFDATA2LSB, EV_CURRENT (gABI chapter 4, "ELF Identification").
        new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(16), ElfNumbers.TypeShared);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(18), ElfNumbers.MachineX64);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), 1);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), entry);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), ElfNumbers.HeaderBytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), sectionsAt);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(52), ElfNumbers.HeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(54), ElfNumbers.SegmentBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(56), (ushort)segments);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(58), ElfNumbers.SectionBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(60), (ushort)sections);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(62), (ushort)(sections - 1));
    }

    private static void WriteSegment(BinaryWriter output, ElfSegment segment)
    {
        output.Write(segment.Type);
        output.Write(segment.Flags);
        output.Write(segment.OffsetBytes);
        output.Write(segment.Address);
        output.Write(segment.PhysicalAddress);
        output.Write(segment.FileBytes);
        output.Write(segment.MemoryBytes);
        output.Write(segment.Type == ElfNumbers.SegmentLoad ? BodyOffset : 4UL);
    }

    private static void WriteSection(BinaryWriter output, ElfSection section, int nameAt)
    {
        output.Write(nameAt);
        output.Write(section.Type);
        output.Write(section.Flags);
        output.Write(section.Address);
        output.Write(section.OffsetBytes);
        output.Write(section.SizeBytes);
        output.Write(section.Link);
        output.Write(0);
        output.Write(section.Type == 0 ? 0UL : 1UL);
        output.Write(0UL);
    }
}
