using System;
using System.Collections.Generic;
using CosmosKdump.ImageCheck.Elf;
using Iced.Intel;

namespace CosmosKdump.ImageCheck.Code;

/// <summary>
/// Decodes all code of an image once. Finds what a single instruction can do wrong, and collects what only the whole
/// image can tell: where instructions start, and where branches go.
/// </summary>
public sealed class InstructionScan
{
    private readonly ElfImage _elf;
    private readonly SymbolIndex _names;
    private readonly CpuPolicy _policy;
    private readonly List<Finding> _findings;
    private readonly HashSet<ulong> _starts = [];
    private readonly List<Branch> _branches = [];
    private readonly List<Branch> _pointers = [];
    private readonly IntelFormatter _formatter = new();

    private InstructionScan(ElfImage elf, SymbolIndex names, CpuPolicy policy, List<Finding> findings)
    {
        _elf = elf;
        _names = names;
        _policy = policy;
        _findings = findings;
        _formatter.Options.SpaceAfterOperandSeparator = true;
        _formatter.Options.RipRelativeAddresses = true;
    }

    /// <summary>Instructions decoded, padding not counted.</summary>
    public long InstructionCount { get; private set; }

    /// <summary>All direct branches.</summary>
    public IReadOnlyList<Branch> Branches => _branches;

    /// <summary>All calls and jumps through a pointer at a fixed place; the target is the pointer's address.</summary>
    public IReadOnlyList<Branch> Pointers => _pointers;

    /// <summary>Decodes the image; findings are added to a list.</summary>
    public static InstructionScan Run(ElfImage elf, SymbolIndex names, CpuPolicy policy, List<Finding> findings)
    {
        var scan = new InstructionScan(elf, names, policy, findings);
        foreach (CodeRange range in CodeMap.Of(elf))
        {
            scan.Decode(range);
        }
        return scan;
    }

    /// <summary>Whether an instruction starts at an address.</summary>
    public bool IsInstruction(ulong address) => _starts.Contains(address);

    private void Decode(CodeRange range)
    {
        ElfSection section = _elf.SectionAt(range.Start)!;
        ReadOnlySpan<byte> bytes = _elf.BytesOf(section).Span
            .Slice((int)(range.Start - section.Address), (int)(range.End - range.Start));
        int length = bytes.LastIndexOfAnyExcept((byte)0x00, (byte)0x90, (byte)0xCC) + 1;
        if (length == 0)
        {
            return;
        }
        var decoder = Decoder.Create(range.Bitness, new ByteArrayCodeReader(bytes.ToArray()), range.Start);
        while (decoder.IP < range.Start + (ulong)length)
        {
            decoder.Decode(out Instruction instruction);
            if (instruction.IsInvalid)
            {
                string why = decoder.LastError == DecoderError.NoMoreBytes
                    ? "instruction runs past the end of its function"
                    : "not an instruction";
                Report(FindingKind.Undecodable, instruction.IP, why);
                return;
            }
            InstructionCount++;
            _starts.Add(instruction.IP);
            Examine(instruction);
        }
    }

    private void Examine(in Instruction instruction)
    {
        if (_policy.WhyForbidden(instruction, _names.LinkName(instruction.IP)) is string why)
        {
            Report(FindingKind.CpuFeature, instruction.IP, $"{Text(instruction)}: {why}");
        }
        if (instruction.Op0Kind is OpKind.NearBranch16 or OpKind.NearBranch32 or OpKind.NearBranch64)
        {
            _branches.Add(new Branch(instruction.IP, instruction.NearBranchTarget, Text(instruction)));
            if (instruction.IsCallNear && instruction.CodeSize == CodeSize.Code64
                && instruction.NearBranchTarget == instruction.NextIP)
            {
                Report(FindingKind.Relocation, instruction.IP, $"{Text(instruction)}: calls what follows it, not relocated");
            }
        }
        if (instruction.IsIPRelativeMemoryOperand)
        {
            ExamineReference(instruction);
        }
    }

    private void ExamineReference(in Instruction instruction)
    {
        ulong target = instruction.IPRelativeMemoryAddress;
        if (target < _elf.Start || target > _elf.End)
        {
            Report(FindingKind.Reference, instruction.IP, $"{Text(instruction)}: refers to 0x{target:x}, outside the image");
        }
        else if (instruction.IsCallNearIndirect || instruction.IsJmpNearIndirect)
        {
            _pointers.Add(new Branch(instruction.IP, target, Text(instruction)));
        }
    }

    private string Text(in Instruction instruction)
    {
        var output = new StringOutput();
        _formatter.Format(instruction, output);
        return output.ToStringAndReset();
    }

    private void Report(FindingKind kind, ulong address, string text) =>
        _findings.Add(new Finding(kind, address, _names.Describe(address), text));
}
