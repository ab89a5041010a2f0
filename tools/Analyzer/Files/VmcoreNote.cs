using System.Text;
using CosmosKdump.Capture.Encode.Elf;

namespace CosmosKdump.Analyzer.Files;

/// <summary>One note of a vmcore.</summary>
/// <param name="Name">Name without its NUL, such as <c>CORE</c> or <c>VMCOREINFO</c>.</param>
/// <param name="Type">n_type.</param>
/// <param name="OffsetBytes">Offset of the description in the file.</param>
/// <param name="LengthBytes">Length of the description, bytes.</param>
public sealed record VmcoreNote(string Name, uint Type, ulong OffsetBytes, uint LengthBytes)
{
    /// <summary>NT_PRSTATUS: the registers of one CPU.</summary>
    public bool IsCpu => Type == Capture.Input.Note.TypePrstatus && Name == "CORE";

    /// <summary>The VMCOREINFO text.</summary>
    public bool IsVmcoreInfo => Name == "VMCOREINFO";

    /// <summary>The level of a filtered ELF dump.</summary>
    public bool IsDumpLevel =>
        Type == LevelNote.Type && LengthBytes == LevelNote.DescriptionBytes
        && Name == Encoding.ASCII.GetString(LevelNote.Name).TrimEnd('\0');
}
