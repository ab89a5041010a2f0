using System.Runtime.InteropServices;

namespace CosmosKdump.Kernel.Drivers.Nvme;

/// <summary>A submission queue entry (NVMe base 2.0c, 3.3.3.1); the unit tests check that it has 64 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Size = SizeBytes)]
internal struct NvmeCommand
{
    /// <summary>Size of an entry.</summary>
    public const int SizeBytes = 64;

    /// <summary>Opcode in bits 7:0, command identifier in bits 31:16; PRPs, not fused.</summary>
    public uint Dword0;

    /// <summary>NSID.</summary>
    public uint NamespaceId;

    /// <summary>Command specific.</summary>
    public uint Dword2;

    /// <summary>Command specific.</summary>
    public uint Dword3;

    /// <summary>MPTR; no metadata here.</summary>
    public ulong Metadata;

    /// <summary>PRP entry 1.</summary>
    public ulong Prp1;

    /// <summary>PRP entry 2: the second page, or the PRP list.</summary>
    public ulong Prp2;

    /// <summary>Command specific.</summary>
    public uint Dword10;

    /// <summary>Command specific.</summary>
    public uint Dword11;

    /// <summary>Command specific.</summary>
    public uint Dword12;

    /// <summary>Command specific.</summary>
    public uint Dword13;

    /// <summary>Command specific.</summary>
    public uint Dword14;

    /// <summary>Command specific.</summary>
    public uint Dword15;

    /// <summary>Sets opcode and command identifier.</summary>
    public void SetHead(byte opcode, int commandId) => Dword0 = opcode | ((uint)commandId << 16);
}
