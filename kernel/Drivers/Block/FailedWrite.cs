using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Drivers.Block;

/// <summary>A write that the device failed, and why.</summary>
internal readonly struct FailedWrite(BlockWrite write, Status why)
{
    /// <summary>The write.</summary>
    public BlockWrite Write { get; } = write;

    /// <summary>The reason.</summary>
    public Status Why { get; } = why;
}
