using System;
using System.Buffers.Binary;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Drivers.Scsi;

/// <summary>What READ CAPACITY tells (SBC-3, 5.15 and 5.16).</summary>
internal readonly struct ScsiCapacity
{
    private ScsiCapacity(ulong lastBlock, uint blockBytes)
    {
        BlockCount = lastBlock + 1;
        BlockBytes = blockBytes;
    }

    /// <summary>Logical blocks.</summary>
    public ulong BlockCount { get; }

    /// <summary>Bytes of a logical block, 512 or 4096.</summary>
    public uint BlockBytes { get; }

    private Status Check => BlockCount != 0 && BlockBytes is 512 or 4096 ? Status.Ok : Status.DeviceUnsupported;

    /// <summary>Reads the answer to READ CAPACITY (16); <see cref="Status.DeviceUnsupported"/> for other block sizes.</summary>
    public static Status Parse16(ReadOnlySpan<byte> answer, out ScsiCapacity capacity)
    {
        capacity = new ScsiCapacity(
            BinaryPrimitives.ReadUInt64BigEndian(answer.Slice(0, 8)),
            BinaryPrimitives.ReadUInt32BigEndian(answer.Slice(8, 4)));
        return capacity.Check;
    }

    /// <summary>
    /// Reads the answer to READ CAPACITY (10); <see cref="Status.DeviceUnsupported"/> for other block sizes, and for a
    /// unit larger than this answer can tell.
    /// </summary>
    public static Status Parse10(ReadOnlySpan<byte> answer, out ScsiCapacity capacity)
    {
        uint last = BinaryPrimitives.ReadUInt32BigEndian(answer.Slice(0, 4));
        capacity = new ScsiCapacity(last, BinaryPrimitives.ReadUInt32BigEndian(answer.Slice(4, 4)));
        return last == uint.MaxValue ? Status.DeviceUnsupported : capacity.Check;
    }
}
