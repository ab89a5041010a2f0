using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Net;

/// <summary>An IPv4 packet (RFC 791) that arrived: checked, whole, its options left out.</summary>
public readonly ref struct Ipv4Packet
{
    /// <summary>Bytes of a header without options.</summary>
    public const int HeaderBytes = 20;

    /// <summary>Protocol number of ICMP.</summary>
    public const byte Icmp = 1;

    /// <summary>Protocol number of TCP.</summary>
    public const byte Tcp = 6;

    /// <summary>Protocol number of UDP.</summary>
    public const byte Udp = 17;

    private const int LengthAt = 2;
    private const int IdentificationAt = 4;
    private const int FragmentAt = 6;
    private const int TimeToLiveAt = 8;
    private const int ProtocolAt = 9;
    private const int ChecksumAt = 10;
    private const int SourceAt = 12;
    private const int DestinationAt = 16;
    private const byte Version4 = 0x45;
    private const byte TimeToLive = 64;
    private const ushort DontFragment = 0x4000;
    private const ushort FragmentBits = 0x3FFF;

    private Ipv4Packet(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        Protocol = header[ProtocolAt];
        Source = new Ipv4Address(BinaryPrimitives.ReadUInt32BigEndian(header[SourceAt..]));
        Destination = new Ipv4Address(BinaryPrimitives.ReadUInt32BigEndian(header[DestinationAt..]));
        Payload = payload;
    }

    /// <summary>Protocol of the payload.</summary>
    public byte Protocol { get; }

    /// <summary>Sender.</summary>
    public Ipv4Address Source { get; }

    /// <summary>Receiver.</summary>
    public Ipv4Address Destination { get; }

    /// <summary>What the packet carries.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>
    /// Opens what follows an Ethernet header, padding included. <see cref="Status.FrameCorrupt"/>: lengths or checksum
    /// are wrong, or it is a fragment.
    /// </summary>
    public static Status Open(ReadOnlySpan<byte> bytes, out Ipv4Packet packet)
    {
        packet = default;
        if (bytes.Length < HeaderBytes || bytes[0] >> 4 != 4)
        {
            return Status.FrameCorrupt;
        }
        int header = (bytes[0] & 0xF) * 4;
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[LengthAt..]);
        bool isFragment = (BinaryPrimitives.ReadUInt16BigEndian(bytes[FragmentAt..]) & FragmentBits) != 0;
        if (header < HeaderBytes || length < header || length > bytes.Length || isFragment
            || InternetChecksum.Of(InternetChecksum.Add(0, bytes[..header])) != 0)
        {
            return Status.FrameCorrupt;
        }
        packet = new Ipv4Packet(bytes[..header], bytes[header..length]);
        return Status.Ok;
    }

    /// <summary>Writes a header for so many bytes of payload.</summary>
    public static void WriteHeader(
        Span<byte> bytes,
        byte protocol,
        Ipv4Address source,
        Ipv4Address destination,
        int payloadBytes,
        ushort identification)
    {
        bytes[0] = Version4;
        bytes[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[LengthAt..], (ushort)(HeaderBytes + payloadBytes));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[IdentificationAt..], identification);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[FragmentAt..], DontFragment);
        bytes[TimeToLiveAt] = TimeToLive;
        bytes[ProtocolAt] = protocol;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[ChecksumAt..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[SourceAt..], source.Value);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[DestinationAt..], destination.Value);
        ushort checksum = InternetChecksum.Of(InternetChecksum.Add(0, bytes[..HeaderBytes]));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[ChecksumAt..], checksum);
    }
}
