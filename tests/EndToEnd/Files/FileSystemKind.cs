namespace CosmosKdump.Tests.EndToEnd.Files;

/// <summary>A file system that dump areas may be files of.</summary>
public enum FileSystemKind
{
    /// <summary>ext4.</summary>
    Ext4,
    /// <summary>xfs.</summary>
    Xfs,
}
