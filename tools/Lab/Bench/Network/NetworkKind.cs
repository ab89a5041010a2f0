namespace CosmosKdump.Lab.Bench.Network;

/// <summary>The network between a guest and the host.</summary>
public enum NetworkKind
{
    /// <summary>QEMU's user network: each frame of 1514 bytes at the most, with its checksums.</summary>
    User,

    /// <summary>A tap device: frames of up to 64 KiB, which nobody cuts or sums up.</summary>
    Tap,
}
