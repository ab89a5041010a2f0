using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Encode.Kdump;

/// <summary>Where a page lies in a kdump-compressed dump (makedumpfile: struct page_desc).</summary>
public readonly struct PageDescriptor(ulong positionBytes, uint lengthBytes, uint flags)
{
    /// <summary>Position of its data.</summary>
    public ulong PositionBytes { get; } = positionBytes;

    /// <summary>Bytes of its data.</summary>
    public uint LengthBytes { get; } = lengthBytes;

    /// <summary>Flag of the compressor; 0: as it is.</summary>
    public uint Flags { get; } = flags;

    /// <summary>Whether no descriptor was written there: no data lies at position 0.</summary>
    public static bool IsEmpty(ReadOnlySpan<byte> source) => BinaryPrimitives.ReadUInt64LittleEndian(source) == 0;

    /// <summary>Writes it.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, PositionBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], LengthBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], Flags);
        // page_flags: not used by any reader.
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], 0);
    }
}
