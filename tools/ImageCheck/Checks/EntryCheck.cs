using System;
using System.Buffers.Binary;
using System.Linq;
using CosmosKdump.ImageCheck.Elf;

namespace CosmosKdump.ImageCheck.Checks;

/// <summary>The three ways into kdump.elf: e_entry (kexec), the multiboot2 header (GRUB) and the PVH note (QEMU).</summary>
public static class EntryCheck
{
    /// <summary>Linux boot protocol, "64-bit boot protocol": the entry is 0x200 behind the start of the image.</summary>
    public const ulong Entry64Bytes = 0x200;

    // Multiboot2 specification 2.0, 3.1.1 and 3.1.2.
    private const uint MultibootMagic = 0xE85250D6;
    private const int MultibootSearchBytes = 32768;
    private const int MultibootAlignBytes = 8;
    private const int MultibootHeaderBytes = 16;
    private const ushort TagEnd = 0;
    private const ushort TagEntry = 3;

    // XEN_ELFNOTE_PHYS32_ENTRY (xen/include/public/elfnote.h).
    private const uint NotePvhEntry = 18;

    /// <summary>Runs the check.</summary>
    public static void Run(CheckSubject subject)
    {
        ElfImage elf = subject.Elf;
        if (elf.LoadAt(elf.Entry) is not { IsExecutable: true })
        {
            subject.Report(FindingKind.Entry, elf.Entry, "e_entry is not in code");
        }
        if (elf.Entry != elf.Start + Entry64Bytes)
        {
            subject.Report(
                FindingKind.Entry, elf.Entry,
                $"e_entry must be the start of the image 0x{elf.Start:x} + 0x{Entry64Bytes:x}, the 64-bit entry");
        }
        CheckMultiboot(subject);
        CheckPvh(subject);
    }

    private static void CheckMultiboot(CheckSubject subject)
    {
        ImageFile file = subject.Elf.File;
        ReadOnlySpan<byte> head = file.Slice(0, (ulong)Math.Min(file.LengthBytes, MultibootSearchBytes)).Span;
        for (int at = 0; at + MultibootHeaderBytes <= head.Length; at += MultibootAlignBytes)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(head[at..]) == MultibootMagic)
            {
                CheckMultiboot(subject, head[at..], at);
                return;
            }
        }
        subject.Report(
            FindingKind.Entry, $"{file.Name}: no multiboot2 header in the first {MultibootSearchBytes} bytes of the file");
    }

    private static void CheckMultiboot(CheckSubject subject, ReadOnlySpan<byte> header, int at)
    {
        string place = $"{subject.Elf.File.Name}: multiboot2 header at offset 0x{at:x}";
        uint architecture = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(header[12..]);
        if (unchecked(MultibootMagic + architecture + length + checksum) != 0)
        {
            subject.Report(FindingKind.Entry, $"{place}: wrong checksum");
        }
        if (architecture != 0)
        {
            subject.Report(FindingKind.Entry, $"{place}: architecture {architecture} is not i386");
        }
        if (length < MultibootHeaderBytes || length > (uint)header.Length)
        {
            subject.Report(FindingKind.Entry, $"{place}: length {length} cannot be");
            return;
        }
        CheckTags(subject, header[MultibootHeaderBytes..(int)length], place);
    }

    private static void CheckTags(CheckSubject subject, ReadOnlySpan<byte> tags, string place)
    {
        uint? entry = null;
        while (tags.Length >= 8)
        {
            ushort type = BinaryPrimitives.ReadUInt16LittleEndian(tags);
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(tags[4..]);
            if (type == TagEnd && size == 8)
            {
                CheckEntry32(subject, entry, place);
                return;
            }
            if (size < 8 || size > (uint)tags.Length || (type == TagEntry && size < 12))
            {
                subject.Report(FindingKind.Entry, $"{place}: tag {type} has the size {size}");
                return;
            }
            if (type == TagEntry)
            {
                entry = BinaryPrimitives.ReadUInt32LittleEndian(tags[8..]);
            }
            int step = ((int)size + 7) & ~7;
            tags = step <= tags.Length ? tags[step..] : [];
        }
        subject.Report(FindingKind.Entry, $"{place}: no end tag");
    }

    private static void CheckPvh(CheckSubject subject)
    {
        foreach (ElfSegment segment in subject.Elf.Segments.Where(s => s.Type == ElfNumbers.SegmentNote))
        {
            ReadOnlySpan<byte> notes = subject.Elf.File.Slice(segment.OffsetBytes, segment.FileBytes).Span;
            while (notes.Length >= 12)
            {
                uint nameBytes = BinaryPrimitives.ReadUInt32LittleEndian(notes);
                uint dataBytes = BinaryPrimitives.ReadUInt32LittleEndian(notes[4..]);
                uint type = BinaryPrimitives.ReadUInt32LittleEndian(notes[8..]);
                ulong dataAt = 12 + (((ulong)nameBytes + 3) & ~3UL);
                ulong next = dataAt + (((ulong)dataBytes + 3) & ~3UL);
                if (next > (ulong)notes.Length)
                {
                    break;
                }
                if (type == NotePvhEntry && nameBytes == 4 && notes.Slice(12, 4).SequenceEqual("Xen\0"u8) && dataBytes >= 4)
                {
                    uint entry = BinaryPrimitives.ReadUInt32LittleEndian(notes[(int)dataAt..]);
                    CheckEntry32(subject, entry, $"{subject.Elf.File.Name}: PVH note");
                    return;
                }
                notes = notes[(int)next..];
            }
        }
        subject.Report(
            FindingKind.Entry, $"{subject.Elf.File.Name}: no PVH note (name \"Xen\", type {NotePvhEntry}) in a PT_NOTE segment");
    }

    /// <summary>Both 32-bit entries are physical addresses.</summary>
    private static void CheckEntry32(CheckSubject subject, uint? entry, string place)
    {
        if (entry is not uint address)
        {
            subject.Report(FindingKind.Entry, $"{place}: no entry address tag");
            return;
        }
        ElfSegment? segment = subject.Elf.Loads.FirstOrDefault(
            s => address >= s.PhysicalAddress && address - s.PhysicalAddress < s.FileBytes);
        if (segment is not { IsExecutable: true })
        {
            subject.Report(FindingKind.Entry, address, $"{place}: the entry is not in code");
        }
    }
}
