using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Net;

/// <summary>A TCP segment (RFC 9293, 3.1) that arrived.</summary>
public readonly ref struct TcpSegment
{
    /// <summary>Bytes of a header without options.</summary>
    public const int HeaderBytes = 20;

    private const int DestinationAt = 2;
    private const int SequenceAt = 4;
    private const int AcknowledgmentAt = 8;
    private const int OffsetAt = 12;
    private const int FlagsAt = 13;
    private const int WindowAt = 14;
    private const int ChecksumAt = 16;
    private const int UrgentAt = 18;

    private TcpSegment(ReadOnlySpan<byte> bytes, int headerBytes)
    {
        SourcePort = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(bytes[DestinationAt..]);
        Sequence = BinaryPrimitives.ReadUInt32BigEndian(bytes[SequenceAt..]);
        Acknowledgment = BinaryPrimitives.ReadUInt32BigEndian(bytes[AcknowledgmentAt..]);
        Flags = (TcpFlags)bytes[FlagsAt];
        Window = BinaryPrimitives.ReadUInt16BigEndian(bytes[WindowAt..]);
        Options = bytes[HeaderBytes..headerBytes];
        Payload = bytes[headerBytes..];
    }

    /// <summary>Port of the sender.</summary>
    public ushort SourcePort { get; }

    /// <summary>Port of the receiver.</summary>
    public ushort DestinationPort { get; }

    /// <summary>Number of the first byte, or of SYN.</summary>
    public uint Sequence { get; }

    /// <summary>Number of the next byte that the sender expects, with <see cref="TcpFlags.Ack"/>.</summary>
    public uint Acknowledgment { get; }

    /// <summary>Control bits.</summary>
    public TcpFlags Flags { get; }

    /// <summary>Window, not scaled.</summary>
    public ushort Window { get; }

    /// <summary>Options as they are.</summary>
    public ReadOnlySpan<byte> Options { get; }

    /// <summary>Data.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Opens a packet's payload; <see cref="Status.FrameCorrupt"/> if lengths or checksum are wrong.</summary>
    public static Status Open(scoped in Ipv4Packet packet, out TcpSegment segment)
    {
        segment = default;
        ReadOnlySpan<byte> bytes = packet.Payload;
        if (packet.Protocol != Ipv4Packet.Tcp || bytes.Length < HeaderBytes)
        {
            return Status.FrameCorrupt;
        }
        int header = (bytes[OffsetAt] >> 4) * 4;
        ulong sum = InternetChecksum.AddPseudoHeader(
            0, packet.Source, packet.Destination, Ipv4Packet.Tcp, bytes.Length);
        if (header < HeaderBytes || header > bytes.Length || InternetChecksum.Of(InternetChecksum.Add(sum, bytes)) != 0)
        {
            return Status.FrameCorrupt;
        }
        segment = new TcpSegment(bytes, header);
        return Status.Ok;
    }

    /// <summary>
    /// Writes a header whose options already lie behind it, <paramref name="headerBytes"/> together, without a checksum.
    /// </summary>
    public static void WriteHeader(
        Span<byte> bytes,
        int headerBytes,
        ushort from,
        ushort to,
        uint sequence,
        uint acknowledgment,
        TcpFlags flags,
        ushort window)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes, from);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[DestinationAt..], to);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[SequenceAt..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[AcknowledgmentAt..], acknowledgment);
        bytes[OffsetAt] = (byte)(headerBytes / 4 << 4);
        bytes[FlagsAt] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[WindowAt..], window);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[ChecksumAt..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[UrgentAt..], 0);
    }

    /// <summary>
    /// Completes a segment that lies in <paramref name="bytes"/> as a whole, or, where the card does the rest, writes the
    /// sum that it begins with.
    /// </summary>
    public static void Seal(
        Span<byte> bytes, Ipv4Address source, Ipv4Address destination, int segmentBytes, bool isFinishedByCard)
    {
        ulong sum = InternetChecksum.AddPseudoHeader(0, source, destination, Ipv4Packet.Tcp, segmentBytes);
        ushort checksum = isFinishedByCard
            ? InternetChecksum.Fold(sum)
            : InternetChecksum.Of(InternetChecksum.Add(sum, bytes[..segmentBytes]));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[ChecksumAt..], checksum);
    }
}
