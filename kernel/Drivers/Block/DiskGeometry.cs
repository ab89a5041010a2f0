using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Drivers.Block;

/// <summary>The medium behind a unit, and what one request may cover.</summary>
internal readonly struct DiskGeometry(
    uint blockBytes,
    ulong blockCount,
    uint maxBlocksPerRequest,
    bool isReadOnly,
    uint unitId = 0)
{
    /// <summary>Bytes of a logical block, 512 or 4096.</summary>
    public uint BlockBytes { get; } = blockBytes;

    /// <summary>Blocks of the medium.</summary>
    public ulong BlockCount { get; } = blockCount;

    /// <summary>Largest request, blocks.</summary>
    public uint MaxBlocksPerRequest { get; } = maxBlocksPerRequest;

    /// <summary>The medium refuses writes.</summary>
    public bool IsReadOnly { get; } = isReadOnly;

    /// <summary>The controller's own number for the unit (NVMe: NSID); 0 where it has only one unit.</summary>
    public uint UnitId { get; } = unitId;

    /// <summary>Whether the medium is still the one it was.</summary>
    public bool IsSameMedium(in DiskGeometry other) =>
        BlockBytes == other.BlockBytes && BlockCount == other.BlockCount && UnitId == other.UnitId;

    /// <summary>
    /// Checks a request: <see cref="Status.OutOfMedium"/> past the end, <see cref="Status.BufferTooSmall"/> for no
    /// blocks or more than one request takes, <see cref="Status.AddressOutOfRange"/> for an address that is not page
    /// aligned or not physical.
    /// </summary>
    public Status Check(in BlockWrite request)
    {
        if (request.BlockCount == 0 || request.BlockCount > MaxBlocksPerRequest)
        {
            return Status.BufferTooSmall;
        }
        if (request.BlockCount > BlockCount || request.Block > BlockCount - request.BlockCount)
        {
            return Status.OutOfMedium;
        }
        ulong lengthBytes = (ulong)request.BlockCount * BlockBytes;
        return request.Address % Limits.PageBytes != 0 || request.Address > Limits.PhysicalEnd - lengthBytes
            ? Status.AddressOutOfRange
            : Status.Ok;
    }
}
