using System;
using System.Buffers.Binary;

namespace CosmosKdump.Analyzer.Kdump;

/// <summary>Where a kept page lies: struct page_desc of makedumpfile's diskdump_mod.h.</summary>
/// <param name="OffsetBytes">Offset of the page's bytes in the dump; 0 if they were not written any more.</param>
/// <param name="LengthBytes">Length of the page's bytes.</param>
/// <param name="Flags">How they are compressed.</param>
/// <param name="PageFlags">page_flags, unused.</param>
public readonly record struct PageDescriptor(ulong OffsetBytes, uint LengthBytes, KdumpFlags Flags, ulong PageFlags)
{
    /// <summary>Size of the wire form.</summary>
    public const int Bytes = 24;

    /// <summary>The dump was cut short before this page.</summary>
    public bool IsMissing => OffsetBytes == 0;

    /// <summary>Reads the wire form.</summary>
    public static PageDescriptor Read(ReadOnlySpan<byte> raw) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(raw),
        BinaryPrimitives.ReadUInt32LittleEndian(raw[8..]),
        (KdumpFlags)BinaryPrimitives.ReadUInt32LittleEndian(raw[12..]),
        BinaryPrimitives.ReadUInt64LittleEndian(raw[16..]));
}
