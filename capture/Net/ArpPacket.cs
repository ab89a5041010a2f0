using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Net;

/// <summary>An ARP packet for IPv4 over Ethernet (RFC 826).</summary>
public readonly struct ArpPacket
{
    /// <summary>Bytes of a packet.</summary>
    public const int Bytes = 28;

    private const ushort Request = 1;
    private const ushort Reply = 2;
    private const int OperationAt = 6;
    private const int SenderAt = 8;
    private const int TargetAt = 18;

    /// <summary>It asks for an address; otherwise it tells one.</summary>
    public bool IsRequest { get; private init; }

    /// <summary>Who sent it.</summary>
    public MacAddress SenderMac { get; private init; }

    /// <summary>The address of who sent it.</summary>
    public Ipv4Address Sender { get; private init; }

    /// <summary>Whose address is asked for, or who is told.</summary>
    public Ipv4Address Target { get; private init; }

    /// <summary>Ethernet, IPv4, and the lengths of their addresses.</summary>
    private static ReadOnlySpan<byte> Kinds => [0, 1, 8, 0, MacAddress.Bytes, 4];

    /// <summary>Opens what follows an Ethernet header; <see cref="Status.FrameCorrupt"/> if it is no such packet.</summary>
    public static Status Open(ReadOnlySpan<byte> bytes, out ArpPacket packet)
    {
        packet = default;
        if (bytes.Length < Bytes || !bytes.StartsWith(Kinds))
        {
            return Status.FrameCorrupt;
        }
        ushort operation = BinaryPrimitives.ReadUInt16BigEndian(bytes[OperationAt..]);
        if (operation is not (Request or Reply))
        {
            return Status.FrameCorrupt;
        }
        packet = new ArpPacket
        {
            IsRequest = operation == Request,
            SenderMac = MacAddress.Read(bytes[SenderAt..]),
            Sender = new Ipv4Address(BinaryPrimitives.ReadUInt32BigEndian(bytes[(SenderAt + MacAddress.Bytes)..])),
            Target = new Ipv4Address(BinaryPrimitives.ReadUInt32BigEndian(bytes[(TargetAt + MacAddress.Bytes)..])),
        };
        return Status.Ok;
    }

    /// <summary>Writes a request for <paramref name="target"/>; the sender's address is 0 for a probe.</summary>
    public static void WriteRequest(Span<byte> bytes, MacAddress senderMac, Ipv4Address sender, Ipv4Address target) =>
        Write(bytes, Request, senderMac, sender, default, target);

    /// <summary>Writes the reply to a request.</summary>
    public static void WriteReply(Span<byte> bytes, MacAddress senderMac, Ipv4Address sender, in ArpPacket request) =>
        Write(bytes, Reply, senderMac, sender, request.SenderMac, request.Sender);

    private static void Write(
        Span<byte> bytes, ushort operation, MacAddress senderMac, Ipv4Address sender, MacAddress targetMac, Ipv4Address target)
    {
        Kinds.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[OperationAt..], operation);
        senderMac.Write(bytes[SenderAt..]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[(SenderAt + MacAddress.Bytes)..], sender.Value);
        targetMac.Write(bytes[TargetAt..]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[(TargetAt + MacAddress.Bytes)..], target.Value);
    }
}
