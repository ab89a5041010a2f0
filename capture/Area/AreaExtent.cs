namespace CosmosKdump.Capture.Area;

/// <summary>A run of blocks of a disk: a partition, or a dump area.</summary>
public readonly struct AreaExtent(ulong firstBlock, ulong blockCount)
{
    /// <summary>First block.</summary>
    public ulong FirstBlock { get; } = firstBlock;

    /// <summary>Number of blocks.</summary>
    public ulong BlockCount { get; } = blockCount;

    /// <summary>The whole of a disk.</summary>
    public static AreaExtent WholeOf<TDisk>(ref TDisk disk)
        where TDisk : struct, IBlockDevice => new(0, disk.BlockCount);
}
