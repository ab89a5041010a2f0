using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Stream;

/// <summary>The header of a frame. Layout: <c>docs/serial-protocol.md</c>, "Frames".</summary>
public struct FrameHeader
{
    /// <summary>Bytes of an encoded header.</summary>
    public const int Bytes = 36;

    /// <summary>Bytes of the checksum behind a payload; a frame without payload has none.</summary>
    public const int PayloadChecksumBytes = 4;

    /// <summary>Longest payload: one page.</summary>
    public const int MaxPayloadBytes = Limits.PageBytes;

    /// <summary>Longest frame.</summary>
    public const int MaxFrameBytes = Bytes + MaxPayloadBytes + PayloadChecksumBytes;

    /// <summary>Version of the protocol.</summary>
    public const byte Version = 1;

    private const int VersionAt = 4;
    private const int TypeAt = 5;
    private const int PayloadAt = 6;
    private const int SessionAt = 8;
    private const int SequenceAt = 12;
    private const int PositionAt = 16;
    private const int LengthAt = 24;
    private const int ChecksumAt = 32;

    /// <summary>The first bytes of every frame: none is ASCII, and no prefix is a suffix.</summary>
    public static ReadOnlySpan<byte> Sync => [0xC5, 0x9B, 0xA6, 0xFD];

    /// <summary>Kind.</summary>
    public FrameType Type;

    /// <summary>Bytes of the payload, 0 to <see cref="MaxPayloadBytes"/>.</summary>
    public ushort PayloadBytes;

    /// <summary>Number that all frames of one dump share.</summary>
    public uint Session;

    /// <summary>Counts the sender's frames; in an answer, the number of the frame that is answered.</summary>
    public uint Sequence;

    /// <summary>Position in the dump, bytes.</summary>
    public ulong PositionBytes;

    /// <summary>Length of what the frame is about, bytes.</summary>
    public ulong LengthBytes;

    /// <summary>Bytes of the whole frame.</summary>
    public readonly int FrameBytes => Bytes + PayloadBytes + (PayloadBytes == 0 ? 0 : PayloadChecksumBytes);

    /// <summary>
    /// Writes the header, and the checksum behind the payload, which already lies at <see cref="Bytes"/>. The
    /// destination has at least <see cref="FrameBytes"/>.
    /// </summary>
    public readonly void Seal(Span<byte> frame)
    {
        Sync.CopyTo(frame);
        frame[VersionAt] = Version;
        frame[TypeAt] = (byte)Type;
        BinaryPrimitives.WriteUInt16LittleEndian(frame[PayloadAt..], PayloadBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[SessionAt..], Session);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[SequenceAt..], Sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[PositionAt..], PositionBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[LengthAt..], LengthBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[ChecksumAt..], Crc32C.Of(frame[..ChecksumAt]));
        if (PayloadBytes > 0)
        {
            int end = Bytes + PayloadBytes;
            BinaryPrimitives.WriteUInt32LittleEndian(frame[end..], Crc32C.Of(frame[Bytes..end]));
        }
    }

    /// <summary>
    /// Reads a header from at least <see cref="Bytes"/> bytes that start with <see cref="Sync"/>;
    /// <see cref="Status.FrameCorrupt"/> if it cannot be one.
    /// </summary>
    public static Status Open(ReadOnlySpan<byte> source, out FrameHeader header)
    {
        header = default;
        bool isIntact = source.Length >= Bytes
            && BinaryPrimitives.ReadUInt32LittleEndian(source[ChecksumAt..]) == Crc32C.Of(source[..ChecksumAt])
            && source[VersionAt] == Version
            && BinaryPrimitives.ReadUInt16LittleEndian(source[PayloadAt..]) <= MaxPayloadBytes;
        if (!isIntact)
        {
            return Status.FrameCorrupt;
        }
        header.Type = (FrameType)source[TypeAt];
        header.PayloadBytes = BinaryPrimitives.ReadUInt16LittleEndian(source[PayloadAt..]);
        header.Session = BinaryPrimitives.ReadUInt32LittleEndian(source[SessionAt..]);
        header.Sequence = BinaryPrimitives.ReadUInt32LittleEndian(source[SequenceAt..]);
        header.PositionBytes = BinaryPrimitives.ReadUInt64LittleEndian(source[PositionAt..]);
        header.LengthBytes = BinaryPrimitives.ReadUInt64LittleEndian(source[LengthAt..]);
        return Status.Ok;
    }
}
