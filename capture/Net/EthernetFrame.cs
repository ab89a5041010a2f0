using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Net;

/// <summary>The header of an Ethernet frame (IEEE 802.3, 3.1.1), without tags.</summary>
public static class EthernetFrame
{
    /// <summary>Destination, source, type.</summary>
    public const int HeaderBytes = 14;

    /// <summary>Shortest frame without FCS; shorter ones are padded with zeros.</summary>
    public const int LeastBytes = 60;

    /// <summary>Type of IPv4.</summary>
    public const ushort Ipv4 = 0x0800;

    /// <summary>Type of ARP.</summary>
    public const ushort Arp = 0x0806;

    /// <summary>Writes the header.</summary>
    public static void Write(Span<byte> frame, MacAddress destination, MacAddress source, ushort type)
    {
        destination.Write(frame);
        source.Write(frame[MacAddress.Bytes..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[(2 * MacAddress.Bytes)..], type);
    }

    /// <summary>Destination of a frame of at least <see cref="HeaderBytes"/>.</summary>
    public static MacAddress DestinationOf(ReadOnlySpan<byte> frame) => MacAddress.Read(frame);

    /// <summary>Source of a frame of at least <see cref="HeaderBytes"/>.</summary>
    public static MacAddress SourceOf(ReadOnlySpan<byte> frame) => MacAddress.Read(frame[MacAddress.Bytes..]);

    /// <summary>Type of a frame of at least <see cref="HeaderBytes"/>.</summary>
    public static ushort TypeOf(ReadOnlySpan<byte> frame) =>
        BinaryPrimitives.ReadUInt16BigEndian(frame[(2 * MacAddress.Bytes)..]);
}
