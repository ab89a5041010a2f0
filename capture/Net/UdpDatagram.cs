using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Net;

/// <summary>A UDP datagram (RFC 768).</summary>
public readonly ref struct UdpDatagram
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderBytes = 8;

    private const int DestinationAt = 2;
    private const int LengthAt = 4;
    private const int ChecksumAt = 6;

    private UdpDatagram(ReadOnlySpan<byte> bytes, int length)
    {
        SourcePort = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(bytes[DestinationAt..]);
        Payload = bytes[HeaderBytes..length];
    }

    /// <summary>Port of the sender.</summary>
    public ushort SourcePort { get; }

    /// <summary>Port of the receiver.</summary>
    public ushort DestinationPort { get; }

    /// <summary>What it carries.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Opens a packet's payload; <see cref="Status.FrameCorrupt"/> if lengths or checksum are wrong.</summary>
    public static Status Open(scoped in Ipv4Packet packet, out UdpDatagram datagram)
    {
        datagram = default;
        ReadOnlySpan<byte> bytes = packet.Payload;
        if (packet.Protocol != Ipv4Packet.Udp || bytes.Length < HeaderBytes)
        {
            return Status.FrameCorrupt;
        }
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[LengthAt..]);
        if (length < HeaderBytes || length > bytes.Length)
        {
            return Status.FrameCorrupt;
        }
        // 0 stands for no checksum.
        if (BinaryPrimitives.ReadUInt16BigEndian(bytes[ChecksumAt..]) != 0
            && ChecksumOf(bytes[..length], packet.Source, packet.Destination) != 0)
        {
            return Status.FrameCorrupt;
        }
        datagram = new UdpDatagram(bytes, length);
        return Status.Ok;
    }

    /// <summary>Writes the header before a payload, which already lies behind it.</summary>
    public static void Seal(Span<byte> bytes, Ipv4Address source, Ipv4Address destination, ushort from, ushort to)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes, from);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[DestinationAt..], to);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[LengthAt..], (ushort)bytes.Length);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[ChecksumAt..], 0);
        ushort checksum = ChecksumOf(bytes, source, destination);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[ChecksumAt..], checksum == 0 ? ushort.MaxValue : checksum);
    }

    private static ushort ChecksumOf(ReadOnlySpan<byte> bytes, Ipv4Address source, Ipv4Address destination)
    {
        ulong sum = InternetChecksum.AddPseudoHeader(0, source, destination, Ipv4Packet.Udp, bytes.Length);
        return InternetChecksum.Of(InternetChecksum.Add(sum, bytes));
    }
}
