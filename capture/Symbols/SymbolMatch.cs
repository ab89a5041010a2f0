using System;

namespace CosmosKdump.Capture.Symbols;

/// <summary>A place in the code by name.</summary>
public readonly ref struct SymbolMatch(ReadOnlySpan<byte> type, ReadOnlySpan<byte> member, ulong displacementBytes)
{
    /// <summary>Namespace and type without <c>CosmosKdump.</c>; empty for code of assembler and C.</summary>
    public ReadOnlySpan<byte> Type { get; } = type;

    /// <summary>Method or label.</summary>
    public ReadOnlySpan<byte> Member { get; } = member;

    /// <summary>Bytes from the start of the method or label.</summary>
    public ulong DisplacementBytes { get; } = displacementBytes;

    /// <summary>Appends "Kernel.Drivers.NvmeController.Submit+0x1c".</summary>
    public void AddTo(ref TextLine line)
    {
        if (Type.Length != 0)
        {
            line.Add(Type);
            line.Add("."u8);
        }
        line.Add(Member);
        line.Add("+"u8);
        line.AddHex(DisplacementBytes);
    }
}
