using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Net;

/// <summary>What a router or the peer's machine says of a segment of ours that it dropped (RFC 792, RFC 1191, 4).</summary>
public readonly struct IcmpUnreachable
{
    private const byte Unreachable = 3;
    private const int MtuAt = 6;
    private const int QuoteAt = 8;
    private const int ProtocolAt = 9;
    private const int SourceAt = 12;
    private const int DestinationAt = 16;

    // Ports and sequence number are quoted at least.
    private const int QuotedTcpBytes = 8;

    private readonly uint _from;
    private readonly uint _to;
    private readonly ushort _fromPort;
    private readonly ushort _toPort;
    private readonly byte _code;

    private IcmpUnreachable(byte code, int mtuBytes, ReadOnlySpan<byte> header, ReadOnlySpan<byte> tcp)
    {
        _code = code;
        MtuBytes = mtuBytes;
        _from = BinaryPrimitives.ReadUInt32BigEndian(header[SourceAt..]);
        _to = BinaryPrimitives.ReadUInt32BigEndian(header[DestinationAt..]);
        _fromPort = BinaryPrimitives.ReadUInt16BigEndian(tcp);
        _toPort = BinaryPrimitives.ReadUInt16BigEndian(tcp[2..]);
        Sequence = BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]);
    }

    /// <summary>The longest packet that would have passed; 0 if that was not said.</summary>
    public int MtuBytes { get; }

    /// <summary>The segment's sequence number.</summary>
    public uint Sequence { get; }

    /// <summary>It was too long to pass, and may not be cut.</summary>
    public bool IsTooLong => _code == 4;

    /// <summary>
    /// Nobody is meant to get through: protocol or port unreachable, or forbidden (RFC 1812, 5.2.7.1). Others pass.
    /// </summary>
    public bool IsFinal => _code is 2 or 3 or 9 or 10 or 13;

    /// <summary>It is about a segment of this connection.</summary>
    public bool IsAbout(Ipv4Address own, ushort ownPort, TcpEndpoint peer) => _from == own.Value && _fromPort == ownPort
        && _to == peer.Address.Value && _toPort == peer.Port;

    /// <summary>A packet of ICMP says that something is unreachable.</summary>
    public static bool IsOne(scoped in Ipv4Packet packet) =>
        packet.Protocol == Ipv4Packet.Icmp && packet.Payload.Length > 0 && packet.Payload[0] == Unreachable;

    /// <summary>Opens such a packet; <see cref="Status.FrameCorrupt"/> if it is none, or quotes no TCP.</summary>
    public static Status Open(scoped in Ipv4Packet packet, out IcmpUnreachable report)
    {
        report = default;
        ReadOnlySpan<byte> bytes = packet.Payload;
        if (!IsOne(in packet) || bytes.Length < QuoteAt + Ipv4Packet.HeaderBytes
            || InternetChecksum.Of(InternetChecksum.Add(0, bytes)) != 0)
        {
            return Status.FrameCorrupt;
        }
        ReadOnlySpan<byte> quote = bytes[QuoteAt..];
        int header = (quote[0] & 0xF) * 4;
        if (quote[0] >> 4 != 4 || header < Ipv4Packet.HeaderBytes || quote.Length < header + QuotedTcpBytes
            || quote[ProtocolAt] != Ipv4Packet.Tcp)
        {
            return Status.FrameCorrupt;
        }
        int mtu = BinaryPrimitives.ReadUInt16BigEndian(bytes[MtuAt..]);
        report = new IcmpUnreachable(bytes[1], mtu, quote, quote[header..]);
        return Status.Ok;
    }
}
