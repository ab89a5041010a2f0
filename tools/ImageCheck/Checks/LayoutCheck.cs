using System.Linq;
using CosmosKdump.ImageCheck.Elf;

namespace CosmosKdump.ImageCheck.Checks;

/// <summary>Nothing is writable and executable, nothing is left for a linker to do, and the image keeps its limit.</summary>
public static class LayoutCheck
{
    /// <summary>Runs the check.</summary>
    public static void Run(CheckSubject subject)
    {
        CheckRights(subject);
        CheckRelocations(subject);
        CheckUndefined(subject);
        CheckSize(subject);
    }

    private static void CheckRights(CheckSubject subject)
    {
        ElfImage elf = subject.Elf;
        foreach (ElfSegment segment in elf.Loads.Where(s => s.IsWritable && s.IsExecutable))
        {
            subject.Report(
                FindingKind.WritableCode, segment.Address,
                $"segment of {segment.MemoryBytes} bytes is both writable and executable");
        }
        foreach (ElfSection section in elf.Sections.Where(s => s.IsAllocated && s.IsExecutable && s.SizeBytes != 0))
        {
            if (section.IsWritable)
            {
                subject.Report(
                    FindingKind.WritableCode, section.Address, $"section {section.Name} is both writable and executable");
            }
            ElfSegment? segment = elf.LoadAt(section.Address);
            if (segment is null || segment.IsWritable || !segment.IsExecutable)
            {
                string where = segment is null ? "no loaded segment"
                    : segment.IsWritable ? "a writable segment" : "a segment that is not executable";
                subject.Report(FindingKind.WritableCode, section.Address, $"code of section {section.Name} lies in {where}");
            }
        }
    }

    private static void CheckRelocations(CheckSubject subject)
    {
        ElfImage elf = subject.Elf;
        foreach (ElfSection table in elf.Sections.Where(
            s => s.IsAllocated && s.SizeBytes != 0 && s.Type is ElfNumbers.SectionRel or ElfNumbers.SectionRelr))
        {
            subject.Report(
                FindingKind.Relocation, table.Address,
                $"{table.Name} is of type {table.Type}: the entry stub applies relocations with addends only");
        }
        foreach (ElfRelocation relocation in elf.Relocations)
        {
            if (WhyWrong(elf, relocation) is string why)
            {
                subject.Report(FindingKind.Relocation, relocation.Target, $"{relocation.Section}: {why}");
            }
        }
    }

    private static string? WhyWrong(ElfImage elf, ElfRelocation relocation)
    {
        if (relocation.Type != ElfNumbers.RelocationRelative)
        {
            return $"relocation of type {relocation.Type} is not applied (only R_X86_64_RELATIVE is)";
        }
        ElfSegment? segment = elf.LoadAt(relocation.Target);
        if (segment is null || relocation.Target + 8 > segment.Address + segment.FileBytes)
        {
            return "relocates a place outside the bytes of the image";
        }
        if (elf.SectionAt(relocation.Target) is { IsExecutable: true })
        {
            return "relocates a place inside code";
        }
        ulong addend = (ulong)relocation.Addend;
        return addend < elf.Start || addend > elf.End ? $"points to 0x{addend:x}, outside the image" : null;
    }

    private static void CheckUndefined(CheckSubject subject)
    {
        foreach (ElfSymbol symbol in subject.Elf.Symbols.Where(
            s => s.SectionIndex == ElfNumbers.IndexUndefined && s.Name.Length != 0))
        {
            string weak = symbol.Binding == ElfNumbers.BindingWeak ? "weak symbol" : "symbol";
            subject.Report(FindingKind.Undefined, $"{weak} {symbol.Name} is defined nowhere");
        }
    }

    private static void CheckSize(CheckSubject subject)
    {
        ulong memory = subject.Elf.End - subject.Elf.Start;
        if (subject.MemoryLimitBytes is long most && memory > (ulong)most)
        {
            subject.Report(FindingKind.Size, $"the image takes {memory} bytes of memory, the limit is {most}");
        }
        if (subject.LimitBytes is not long limit)
        {
            return;
        }
        foreach (ImageFile? image in new[] { subject.BzImage, subject.Shipped?.File })
        {
            if (image?.LengthBytes > limit)
            {
                subject.Report(FindingKind.Size, $"{image.Name} has {image.LengthBytes} bytes, the limit is {limit}");
            }
        }
    }
}
