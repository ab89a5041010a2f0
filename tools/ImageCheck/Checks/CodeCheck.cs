using System.Collections.Generic;
using System.Linq;
using CosmosKdump.ImageCheck.Code;
using CosmosKdump.ImageCheck.Elf;

namespace CosmosKdump.ImageCheck.Checks;

/// <summary>Instructions that the processor set-up allows, and branches that arrive at one.</summary>
public static class CodeCheck
{
    /// <summary>Runs the check.</summary>
    public static void Run(CheckSubject subject)
    {
        InstructionScan scan = InstructionScan.Run(subject.Elf, subject.Names, subject.Policy, subject.Findings);
        subject.InstructionCount = scan.InstructionCount;
        if (scan.InstructionCount == 0)
        {
            subject.Report(FindingKind.Undecodable, "no code: no executable section holds an instruction");
        }
        foreach (Branch branch in scan.Branches)
        {
            if (!scan.IsInstruction(branch.Target))
            {
                subject.Report(FindingKind.Branch, branch.Source, $"{branch.Text}: {WhyNot(subject.Elf, branch.Target)}");
            }
        }
        CheckPointers(subject, scan);
    }

    private static string WhyNot(ElfImage elf, ulong target)
    {
        if (target == 0)
        {
            return "call into nowhere: the target is 0, as of a weak symbol that nothing defines";
        }
        ElfSection? section = elf.SectionAt(target);
        if (section is null)
        {
            return $"0x{target:x} is outside the image";
        }
        return section.IsExecutable
            ? $"0x{target:x} is not the start of an instruction"
            : $"0x{target:x} is in {section.Name}, which is not executable";
    }

    /// <summary>
    /// A pointer that the linker keeps (.got), or that is read-only, never changes: without a relocation it stays what
    /// the file says, and a call through it goes nowhere.
    /// </summary>
    private static void CheckPointers(CheckSubject subject, InstructionScan scan)
    {
        ElfImage elf = subject.Elf;
        var relocated = new Dictionary<ulong, ulong>();
        foreach (ElfRelocation relocation in elf.Relocations.Where(r => r.Type == ElfNumbers.RelocationRelative))
        {
            relocated[relocation.Target] = (ulong)relocation.Addend;
        }
        foreach (Branch pointer in scan.Pointers)
        {
            ElfSection? section = elf.SectionAt(pointer.Target);
            if (relocated.TryGetValue(pointer.Target, out ulong target))
            {
                if (!scan.IsInstruction(target))
                {
                    subject.Report(FindingKind.Branch, pointer.Source, $"{pointer.Text}: {WhyNot(elf, target)}");
                }
            }
            else if (section is not null && (!section.IsWritable || section.Name.StartsWith(".got")))
            {
                subject.Report(
                    FindingKind.Reference, pointer.Source,
                    $"{pointer.Text}: the pointer in {section.Name} has no relocation, the call goes nowhere");
            }
        }
    }
}
