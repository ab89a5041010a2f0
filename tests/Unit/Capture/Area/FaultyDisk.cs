using CosmosKdump.Capture;

namespace CosmosKdump.Tests.Unit.Capture.Area;

/// <summary>A <see cref="DiskModel"/> as the struct that the capture code takes.</summary>
internal struct FaultyDisk(DiskModel model) : IBlockDevice
{
    public readonly uint BlockBytes => model.BlockBytes;

    public readonly ulong BlockCount => model.BlockCount;

    public readonly uint MaxBlocksPerRequest => model.MaxBlocksPerRequest;

    public readonly bool IsReadOnly => model.IsReadOnly;

    public readonly Status Read(ulong block, ulong address, uint blockCount) => model.Read(block, address, blockCount);

    public readonly Status Submit(in BlockWrite write) => model.Submit(write);

    public readonly Status Drain() => model.Drain();

    public readonly Status Flush() => model.Flush();

    public readonly bool TryTakeFailure(out BlockWrite write, out Status why) => model.TryTakeFailure(out write, out why);

    public readonly Status Recover() => model.Recover();
}
