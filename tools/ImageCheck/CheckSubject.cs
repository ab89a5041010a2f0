using System.Collections.Generic;
using CosmosKdump.ImageCheck.Elf;

namespace CosmosKdump.ImageCheck;

/// <summary>What the checks look at, and where they put what they find.</summary>
public sealed class CheckSubject
{
    /// <summary>Takes an image and its rules.</summary>
    public CheckSubject(ElfImage elf, CpuPolicy policy)
    {
        Elf = elf;
        Policy = policy;
        Names = new SymbolIndex(elf);
    }

    /// <summary>kdump.elf.</summary>
    public ElfImage Elf { get; }

    /// <summary>Allowed instructions.</summary>
    public CpuPolicy Policy { get; }

    /// <summary>Symbols by address.</summary>
    public SymbolIndex Names { get; }

    /// <summary>kdump.bzimage, or null when only the ELF image is checked.</summary>
    public ImageFile? BzImage { get; init; }

    /// <summary>kdump.elf as users get it, without symbols; or null.</summary>
    public ElfImage? Shipped { get; init; }

    /// <summary>Most bytes of each image, or null for no limit.</summary>
    public long? LimitBytes { get; init; }

    /// <summary>Most bytes of memory that the image takes, or null for no limit.</summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>What was found.</summary>
    public List<Finding> Findings { get; } = [];

    /// <summary>Instructions decoded.</summary>
    public long InstructionCount { get; set; }

    /// <summary>Adds a finding without a place in the code.</summary>
    public void Report(FindingKind kind, string text) => Findings.Add(new Finding(kind, null, null, text));

    /// <summary>Adds a finding at a virtual address.</summary>
    public void Report(FindingKind kind, ulong address, string text) =>
        Findings.Add(new Finding(kind, address, Names.Describe(address), text));
}
