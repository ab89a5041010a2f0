namespace CosmosKdump.ImageCheck;

/// <summary>What kind of fault an image has.</summary>
public enum FindingKind
{
    /// <summary>An instruction that the CPU set-up does not allow.</summary>
    CpuFeature,
    /// <summary>Bytes in code that are no instruction.</summary>
    Undecodable,
    /// <summary>A direct call or jump that does not reach an instruction.</summary>
    Branch,
    /// <summary>A reference relative to the instruction pointer that leaves the image, or a null pointer that is called.</summary>
    Reference,
    /// <summary>A relocation that nobody applies, or that cannot be right.</summary>
    Relocation,
    /// <summary>A symbol that nothing defines.</summary>
    Undefined,
    /// <summary>Code that is writable, or data that is executable.</summary>
    WritableCode,
    /// <summary>An image over its limit, or a size field that is wrong.</summary>
    Size,
    /// <summary>A field of the Linux boot protocol.</summary>
    BootHeader,
    /// <summary>An entry point: e_entry, multiboot2 or PVH.</summary>
    Entry,
    /// <summary>The symbol table inside the image.</summary>
    SymbolTable,
    /// <summary>The image that is given to users differs from the one that was checked.</summary>
    Shipped,
}
