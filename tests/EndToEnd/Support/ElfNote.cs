namespace CosmosKdump.Tests.EndToEnd.Support;

/// <summary>A note of a core (System V gABI, "Note Section").</summary>
/// <param name="Name">Owner: <c>CORE</c>, <c>VMCOREINFO</c> …</param>
/// <param name="Type">Type as the owner defines it; NT_PRSTATUS is 1.</param>
/// <param name="Content">Its descriptor.</param>
public sealed record ElfNote(string Name, uint Type, byte[] Content)
{
    /// <summary>Type of a CPU's registers, owner <c>CORE</c> (include/uapi/linux/elf.h).</summary>
    public const uint PrStatus = 1;
}
