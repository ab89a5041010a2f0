using System;
using System.Collections.Generic;
using CosmosKdump.ImageCheck.Elf;
using CosmosKdump.ImageCheck.Packing;

namespace CosmosKdump.ImageCheck.Checks;

/// <summary>
/// The ELF image that users get is made of the checked one: it must unpack to the same bytes at the same addresses, have
/// the same entries, and be of the type that kexec moves.
/// </summary>
public static class ShippedCheck
{
    /// <summary>Runs the check.</summary>
    public static void Run(CheckSubject subject)
    {
        if (subject.Shipped is not ElfImage shipped)
        {
            return;
        }
        // kexec-tools' ELF loader moves ET_DYN only (System V ABI, e_type).
        if (shipped.Type != ElfNumbers.TypeShared)
        {
            Report(subject, $"e_type is {shipped.Type}, must be {ElfNumbers.TypeShared} (ET_DYN)");
        }
        if (shipped.Entry != subject.Elf.Entry)
        {
            Report(subject, $"e_entry is 0x{shipped.Entry:x}, that of the checked image 0x{subject.Elf.Entry:x}");
        }
        CompareSegments(subject, shipped);
        var own = new CheckSubject(shipped, subject.Policy);
        LayoutCheck.Run(own);
        EntryCheck.Run(own);
        subject.Findings.AddRange(own.Findings);
    }

    /// <summary>First the head, as it is, then the packed payload in memory for all the rest.</summary>
    private static void CompareSegments(CheckSubject subject, ElfImage shipped)
    {
        ElfImage elf = subject.Elf;
        List<ElfSegment> found = [.. shipped.Loads];
        if (found.Count != 2)
        {
            Report(subject, $"{found.Count} segments are loaded, must be 2: head and payload");
            return;
        }
        PackedImage.Bounds bounds = PackedImage.BoundsOf(elf);
        ulong headBytes = bounds.PayloadStart - elf.Start;
        ulong payloadMemory = elf.End - bounds.PayloadStart;
        ComparePlace(subject, found[0], elf.Start, headBytes, ElfNumbers.SegmentRead | ElfNumbers.SegmentExecute);
        ComparePlace(
            subject, found[1], bounds.PayloadStart, payloadMemory, ElfNumbers.SegmentRead | ElfNumbers.SegmentWrite);
        byte[] flat = [.. Bytes(shipped, found[0]), .. Bytes(shipped, found[1])];
        if (PackedImage.Unpack(elf, flat, out string why) is not byte[] unpacked)
        {
            Report(subject, why);
        }
        else if (unpacked.AsSpan().CommonPrefixLength(PackedImage.Flat(elf)) is int same && same != unpacked.Length)
        {
            Report(subject, $"differs from the checked image at 0x{elf.Start + (ulong)same:x}");
        }
    }

    private static void ComparePlace(CheckSubject subject, ElfSegment found, ulong address, ulong memoryBytes, uint flags)
    {
        // The file's bytes fill the head's memory; those of the payload are packed.
        if (found.Address != address || found.PhysicalAddress != address || found.MemoryBytes != memoryBytes
            || found.Flags != flags)
        {
            Report(
                subject,
                $"segment at 0x{found.Address:x} has another place, size or right than 0x{address:x}, {memoryBytes} bytes, {flags}");
        }
    }

    private static ReadOnlySpan<byte> Bytes(ElfImage elf, ElfSegment segment) =>
        elf.File.Slice(segment.OffsetBytes, segment.FileBytes).Span;

    private static void Report(CheckSubject subject, string text) =>
        subject.Report(FindingKind.Shipped, $"{subject.Shipped!.File.Name}: {text}");
}
