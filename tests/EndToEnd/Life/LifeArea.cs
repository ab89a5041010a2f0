namespace CosmosKdump.Tests.EndToEnd.Life;

/// <summary>Where a machine of a test keeps its dump area.</summary>
public enum LifeArea
{
    /// <summary>A partition of its second disk.</summary>
    Partition,

    /// <summary>A file of its root, which is ext4 on a virtio disk without a partition table.</summary>
    RootFile,

    /// <summary>A file of an xfs in a partition of its second disk; the machine has no kexec-tools.</summary>
    XfsFile,
}
