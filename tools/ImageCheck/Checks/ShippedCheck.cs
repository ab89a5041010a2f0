using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.ImageCheck.Elf;

namespace CosmosKdump.ImageCheck.Checks;

/// <summary>
/// The ELF image that users get is made of the checked one without its symbols: it must load the same bytes to the same
/// addresses, have the same entries, and be of the type that kexec moves.
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
        var own = new CheckSubject(shipped, subject.Policy) { LimitBytes = subject.LimitBytes };
        LayoutCheck.Run(own);
        EntryCheck.Run(own);
        subject.Findings.AddRange(own.Findings);
    }

    private static void CompareSegments(CheckSubject subject, ElfImage shipped)
    {
        List<ElfSegment> wanted = [.. subject.Elf.Loads];
        List<ElfSegment> found = [.. shipped.Loads];
        if (wanted.Count != found.Count)
        {
            Report(subject, $"{found.Count} segments are loaded, {wanted.Count} by the checked image");
            return;
        }
        for (int i = 0; i < wanted.Count; i++)
        {
            // Where the bytes lie in the file may differ.
            if (found[i] with { OffsetBytes = wanted[i].OffsetBytes } != wanted[i])
            {
                Report(subject, $"segment {i} at 0x{found[i].Address:x} has another place, size or right than the checked one");
            }
            else if (!Bytes(shipped, found[i]).SequenceEqual(Bytes(subject.Elf, wanted[i])))
            {
                Report(subject, $"segment {i} at 0x{found[i].Address:x} has other bytes than the checked one");
            }
        }
    }

    private static ReadOnlySpan<byte> Bytes(ElfImage elf, ElfSegment segment) =>
        elf.File.Slice(segment.OffsetBytes, segment.FileBytes).Span;

    private static void Report(CheckSubject subject, string text) =>
        subject.Report(FindingKind.Shipped, $"{subject.Shipped!.File.Name}: {text}");
}
