using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Net;

/// <summary>An Ethernet address: 48 bits, the first byte on the wire in the highest.</summary>
public readonly struct MacAddress(ulong value)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Bytes = 6;

    private const ulong Mask = 0xFFFF_FFFF_FFFF;
    private const ulong GroupBit = 0x0100_0000_0000;

    /// <summary>The 48 bits.</summary>
    public ulong Value { get; } = value & Mask;

    /// <summary>All stations.</summary>
    public static MacAddress Broadcast => new(Mask);

    /// <summary>It may be a station's own address: neither a group's (IEEE 802.3, 3.2.3) nor zero.</summary>
    public bool IsStation => Value != 0 && (Value & GroupBit) == 0;

    /// <summary>Reads the address from at least <see cref="Bytes"/> bytes in the order of the wire.</summary>
    public static MacAddress Read(ReadOnlySpan<byte> source) =>
        new(((ulong)BinaryPrimitives.ReadUInt16BigEndian(source) << 32) | BinaryPrimitives.ReadUInt32BigEndian(source[2..]));

    /// <summary>Writes the address in the order of the wire.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)(Value >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(destination[2..], (uint)Value);
    }

    /// <summary>Appends the address as "52:54:00:12:34:56".</summary>
    public void AppendTo(ref TextLine line)
    {
        for (int shift = 40; shift >= 0; shift -= 8)
        {
            line.AddHex((Value >> shift) & 0xFF, 2);
            if (shift != 0)
            {
                line.Add(":"u8);
            }
        }
    }
}
