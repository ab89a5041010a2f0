using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Stream;

/// <summary>What differs over a connection, which neither loses nor reorders (<c>docs/network-protocol.md</c>).</summary>
public static class StreamFrames
{
    /// <summary>Most bytes of one run.</summary>
    public const int MostRunBytes = 256 * 1024;

    /// <summary>Longest payload of a frame.</summary>
    public const int MostPayloadBytes = 24;

    /// <summary>Bytes of the longest frame.</summary>
    public const int MostFrameBytes = FrameHeader.Bytes + MostPayloadBytes + FrameHeader.PayloadChecksumBytes;

    /// <summary>Where Begin tells the kind of stream.</summary>
    public const int KindAt = 10;

    /// <summary>Kind of stream: the one that this file is about; a serial line's is 0.</summary>
    public const byte Kind = 1;

    /// <summary>Writes the payload of Begin.</summary>
    public static void WriteBegin(Span<byte> payload, in DumpFacts facts)
    {
        payload[..FramePayload.BeginBytes].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(payload, facts.CrashTimeSeconds);
        payload[8] = (byte)facts.Format;
        payload[9] = facts.DumpLevel;
        payload[KindAt] = Kind;
    }

    /// <summary>Writes the payload of End.</summary>
    public static void WriteEnd(Span<byte> payload, ulong digest, ulong pagesLost, Status outcome)
    {
        payload[..FramePayload.EndBytes].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(payload, digest);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[8..], pagesLost);
        BinaryPrimitives.WriteUInt16LittleEndian(payload[16..], (ushort)outcome);
    }
}
