using System;
using System.Buffers.Binary;

namespace CosmosKdump.Capture.Net;

/// <summary>Options of a TCP segment: MSS (RFC 9293, 3.7.1), window scale (RFC 7323, 2), SACK (RFC 2018).</summary>
public struct TcpOptions
{
    /// <summary>Bytes of the options of our SYN.</summary>
    public const int SynBytes = 12;

    /// <summary>Most SACK blocks of a segment.</summary>
    public const int MostBlocks = 4;

    private const byte End = 0;
    private const byte Nothing = 1;
    private const byte MssKind = 2;
    private const byte WindowScaleKind = 3;
    private const byte SackPermittedKind = 4;
    private const byte SackKind = 5;
    private const byte MssBytes = 4;
    private const byte WindowScaleBytes = 3;
    private const byte SackPermittedBytes = 2;
    private const int BlockBytes = 8;
    private const int LargestShift = 14;

    /// <summary>Largest segment that the peer takes; 0 if it did not say.</summary>
    public ushort Mss;

    /// <summary>How many bits the peer's windows are to be shifted by.</summary>
    public byte WindowShift;

    /// <summary>The peer tells what it has.</summary>
    public bool HasSack;

    /// <summary>Number of SACK blocks.</summary>
    public int BlockCount;

    /// <summary>The SACK blocks.</summary>
    public TcpSackBlocks Blocks;

    /// <summary>Reads options; what follows one of an impossible length is left out.</summary>
    public static TcpOptions Read(scoped ReadOnlySpan<byte> bytes)
    {
        TcpOptions options = default;
        while (bytes.Length > 0 && bytes[0] != End)
        {
            if (bytes[0] == Nothing)
            {
                bytes = bytes[1..];
                continue;
            }
            if (bytes.Length < 2 || bytes[1] < 2 || bytes[1] > bytes.Length)
            {
                break;
            }
            options.Take(bytes[0], bytes[2..bytes[1]]);
            bytes = bytes[bytes[1]..];
        }
        return options;
    }

    /// <summary>Writes the options of our SYN: MSS, window scale 0 so that the peer may scale, SACK permitted.</summary>
    public static void WriteSyn(Span<byte> bytes, ushort mss)
    {
        bytes[0] = MssKind;
        bytes[1] = MssBytes;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], mss);
        bytes[4] = SackPermittedKind;
        bytes[5] = SackPermittedBytes;
        bytes[6] = Nothing;
        bytes[7] = WindowScaleKind;
        bytes[8] = WindowScaleBytes;
        bytes[9] = 0;
        bytes[10] = Nothing;
        bytes[11] = Nothing;
    }

    private void Take(byte kind, ReadOnlySpan<byte> value)
    {
        if (kind == MssKind && value.Length == MssBytes - 2)
        {
            Mss = BinaryPrimitives.ReadUInt16BigEndian(value);
        }
        else if (kind == WindowScaleKind && value.Length == WindowScaleBytes - 2)
        {
            WindowShift = (byte)Math.Min((int)value[0], LargestShift);
        }
        else if (kind == SackPermittedKind && value.Length == 0)
        {
            HasSack = true;
        }
        else if (kind == SackKind)
        {
            BlockCount = Math.Min(value.Length / BlockBytes, MostBlocks);
            for (int i = 0; i < BlockCount; i++)
            {
                ReadOnlySpan<byte> block = value[(i * BlockBytes)..];
                Blocks[2 * i] = BinaryPrimitives.ReadUInt32BigEndian(block);
                Blocks[(2 * i) + 1] = BinaryPrimitives.ReadUInt32BigEndian(block[4..]);
            }
        }
    }
}
