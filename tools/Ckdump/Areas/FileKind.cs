namespace CosmosKdump.Ckdump.Areas;

/// <summary>What a path names.</summary>
public enum FileKind
{
    /// <summary>Nothing.</summary>
    Missing,
    /// <summary>A regular file.</summary>
    Regular,
    /// <summary>A disk or partition.</summary>
    BlockDevice,
    /// <summary>A terminal, a serial line.</summary>
    CharacterDevice,
    /// <summary>A unix socket.</summary>
    Socket,
    /// <summary>A directory.</summary>
    Directory,
    /// <summary>A pipe or anything else.</summary>
    Other,
}
