using System;
using System.Buffers.Binary;

namespace CosmosKdump.Tests.Unit.Capture.Net;

/// <summary>Frames as a test writes and reads them, on its own and slowly.</summary>
internal static class Frame
{
    public const int IpAt = 14;
    public const int TcpAt = 34;

    public static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += (i & 1) == 0 ? (uint)bytes[i] << 8 : bytes[i];
        }
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }
        return (ushort)~sum;
    }

    /// <summary>Writes length and checksums of an IPv4 packet with TCP in it.</summary>
    public static void Complete(byte[] frame)
    {
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(IpAt + 2), (ushort)(frame.Length - IpAt));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(IpAt + 10), 0);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(IpAt + 10), Checksum(frame.AsSpan(IpAt, 20)));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(TcpAt + 16), 0);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(TcpAt + 16), TcpChecksum(frame, frame.Length));
    }

    /// <summary>The TCP checksum that a frame should have; 0 if it has it.</summary>
    public static ushort TcpChecksum(byte[] frame, int end)
    {
        int length = end - TcpAt;
        byte[] all = [.. frame.AsSpan(IpAt + 12, 8), 0, 6, (byte)(length >> 8), (byte)length, .. frame.AsSpan(TcpAt, length)];
        return Checksum(all);
    }

    public static byte[] Ethernet(ulong to, ulong from, ushort type, ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[Math.Max(60, 14 + payload.Length)];
        Span<byte> word = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(word, to);
        word[2..].CopyTo(frame);
        BinaryPrimitives.WriteUInt64BigEndian(word, from);
        word[2..].CopyTo(frame.AsSpan(6));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), type);
        payload.CopyTo(frame.AsSpan(14));
        return frame;
    }

    public static byte[] Ip(byte protocol, uint from, uint to, ReadOnlySpan<byte> payload)
    {
        byte[] packet = new byte[20 + payload.Length];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[8] = 64;
        packet[9] = protocol;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), from);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), to);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Checksum(packet.AsSpan(0, 20)));
        payload.CopyTo(packet.AsSpan(20));
        return packet;
    }
}
