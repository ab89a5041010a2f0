using System;
using System.Collections.Generic;
using System.Linq;
using Iced.Intel;

namespace CosmosKdump.ImageCheck;

/// <summary>
/// Which instructions the kernel may hold: those of every x86-64 processor, privileged ones included, without x87 and
/// MMX state (nobody saves it), plus what the command line adds.
/// </summary>
public sealed class CpuPolicy
{
    // What every x86-64 processor has (x86-64 psABI 1.0, table 3.1, "baseline", without FPU and MMX). ENDBR (CET_IBT)
    // and multi-byte NOPs run as no-operations on all of them (Intel SDM vol. 2, ENDBR64).
    private static readonly CpuidFeature[] Baseline =
    [
        CpuidFeature.INTEL8086, CpuidFeature.INTEL186, CpuidFeature.INTEL286, CpuidFeature.INTEL386,
        CpuidFeature.INTEL486, CpuidFeature.X64, CpuidFeature.CPUID, CpuidFeature.TSC, CpuidFeature.MSR,
        CpuidFeature.CMOV, CpuidFeature.CX8, CpuidFeature.FXSR, CpuidFeature.SSE, CpuidFeature.SSE2,
        CpuidFeature.CLFSH, CpuidFeature.SYSCALL, CpuidFeature.PAUSE, CpuidFeature.MULTIBYTENOP, CpuidFeature.CET_IBT,
    ];

    // Part of the CPU set-up at entry: it clears the x87 state, and none is kept (Intel SDM vol. 2, FINIT).
    private static readonly Mnemonic[] SetUp = [Mnemonic.Fninit];

    // x86-64 psABI 1.0, table 3.1, "x86-64-v2".
    private static readonly string[] Version2 =
        ["SSE3", "SSSE3", "SSE4_1", "SSE4_2", "POPCNT", "CMPXCHG16B"];

    private readonly HashSet<CpuidFeature> _features = [.. Baseline];
    private readonly HashSet<Mnemonic> _mnemonics = [.. SetUp];
    private readonly List<(string Pattern, CpuPolicy Policy)> _exceptions = [];

    /// <summary>
    /// Allows more: names of CPUID features or instructions as Iced spells them, or <c>x86-64-v2</c>, divided by
    /// commas. Throws <see cref="ArgumentException"/> for an unknown name.
    /// </summary>
    public void Allow(string names)
    {
        foreach (string name in names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            foreach (string one in name == "x86-64-v2" ? Version2 : [name])
            {
                AllowOne(one);
            }
        }
    }

    /// <summary>
    /// Allows more inside some functions only, such as those that test CPUID before they are called:
    /// <c>PATTERN:NAMES</c>, where the pattern is a linker's symbol name and may hold <c>*</c>.
    /// </summary>
    public void AllowIn(string rule)
    {
        int colon = rule.LastIndexOf(':');
        if (colon <= 0 || colon == rule.Length - 1)
        {
            throw new ArgumentException($"'{rule}' is not PATTERN:NAMES");
        }
        var policy = new CpuPolicy();
        policy.Allow(rule[(colon + 1)..]);
        _exceptions.Add((rule[..colon], policy));
    }

    /// <summary>Why an instruction of a function is forbidden, or null when it is allowed.</summary>
    public string? WhyForbidden(in Instruction instruction, string function)
    {
        string? why = WhyForbidden(instruction);
        if (why is not null)
        {
            foreach ((string pattern, CpuPolicy policy) in _exceptions)
            {
                if (Glob.Matches(pattern, function) && policy.WhyForbidden(instruction) is null)
                {
                    return null;
                }
            }
        }
        return why;
    }

    private string? WhyForbidden(in Instruction instruction)
    {
        if (_mnemonics.Contains(instruction.Mnemonic))
        {
            return null;
        }
        CpuidFeature[] missing = instruction.Code.CpuidFeatures().Where(f => !_features.Contains(f)).ToArray();
        if (missing.Length != 0)
        {
            return $"needs {string.Join(" and ", missing)}";
        }
        // Some SSE instructions take MMX registers, and those share the x87 registers.
        for (int i = 0; i < instruction.OpCount; i++)
        {
            if (instruction.GetOpKind(i) == OpKind.Register && instruction.GetOpRegister(i).IsMM()
                && !_features.Contains(CpuidFeature.MMX))
            {
                return "needs MMX registers";
            }
        }
        return null;
    }

    private void AllowOne(string name)
    {
        bool known = false;
        // Enum.TryParse takes numbers too.
        bool isName = char.IsAsciiLetter(name[0]);
        if (isName && Enum.TryParse(name, ignoreCase: true, out CpuidFeature feature) && Enum.IsDefined(feature))
        {
            _features.Add(feature);
            known = true;
        }
        if (isName && Enum.TryParse(name, ignoreCase: true, out Mnemonic mnemonic) && Enum.IsDefined(mnemonic))
        {
            _mnemonics.Add(mnemonic);
            known = true;
        }
        if (!known)
        {
            throw new ArgumentException($"'{name}' is neither a CPUID feature nor an instruction");
        }
    }
}
