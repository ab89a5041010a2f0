namespace CosmosKdump.Capture.Area;

/// <summary>What tells one disk from another: its size, and what its partition table says of itself.</summary>
public struct DiskIdentity
{
    /// <summary>Size of the disk, bytes.</summary>
    public ulong DiskBytes;

    /// <summary>Kind of partition table.</summary>
    public TableKind Table;

    /// <summary>Disk signature of an MBR (offset 440), else 0.</summary>
    public uint MbrSignature;

    /// <summary>Disk GUID of a GPT in the order of its bytes on the disk (UEFI 2.10, table 5-5), else nil.</summary>
    public AreaUuid DiskGuid;

    /// <summary>Whether both describe the same disk.</summary>
    public static bool Same(in DiskIdentity first, in DiskIdentity second) =>
        first.DiskBytes == second.DiskBytes
        && first.Table == second.Table
        && first.MbrSignature == second.MbrSignature
        && AreaUuid.Same(first.DiskGuid, second.DiskGuid);
}
