using System;
using System.Buffers.Binary;
using System.Numerics;

namespace CosmosKdump.Capture.Stream;

/// <summary>
/// A checksum of what goes over a connection that keeps order: of blocks and fills as they follow each other
/// (<c>docs/network-protocol.md</c>).
/// </summary>
public struct StreamDigest
{
    private const ulong Factor = 0x9E3779B185EBCA87;
    private const int FillBytes = 24;

    /// <summary>The digest so far.</summary>
    public ulong Value { get; private set; }

    /// <summary>Adds a block: at most a page, of one run.</summary>
    public void AddBlock(ulong positionBytes, scoped ReadOnlySpan<byte> block) => Add(Xxh64.Of(block, positionBytes));

    /// <summary>Adds a run of pages that repeat one word.</summary>
    public void AddFill(ulong positionBytes, ulong lengthBytes, ulong pattern)
    {
        Span<byte> bytes = stackalloc byte[FillBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, positionBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], lengthBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], pattern);
        Add(Xxh64.Of(bytes, Factor));
    }

    private void Add(ulong hash) => Value = (BitOperations.RotateLeft(Value, 27) ^ hash) * Factor;
}
