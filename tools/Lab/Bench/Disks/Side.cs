namespace CosmosKdump.Lab.Bench.Disks;

/// <summary>Who captures.</summary>
public enum Side
{
    /// <summary>CosmosKdump, an ELF dump of everything.</summary>
    Ours,

    /// <summary>Stock kdump, <c>dd if=/proc/vmcore</c>: the same dump.</summary>
    StockCopy,

    /// <summary>Stock kdump, makedumpfile with lzo and dump level 31: a smaller dump.</summary>
    StockFiltered,
}
