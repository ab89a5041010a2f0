using System;

namespace CosmosKdump.Capture.Area;

/// <summary>UUID of a dump area (RFC 9562): its 16 bytes in the order of the text form.</summary>
public readonly struct AreaUuid(ulong high, ulong low)
{
    /// <summary>Bytes of the binary form.</summary>
    public const int Bytes = 16;

    /// <summary>Characters of the text form.</summary>
    public const int TextBytes = 36;

    /// <summary>The first eight bytes, big-endian.</summary>
    public ulong High { get; } = high;

    /// <summary>The last eight bytes, big-endian.</summary>
    public ulong Low { get; } = low;

    /// <summary>The nil UUID, which stands for "any area" where one is asked for.</summary>
    public bool IsNil => High == 0 && Low == 0;

    /// <summary>Same UUID.</summary>
    public static bool Same(in AreaUuid a, in AreaUuid b) => a.High == b.High && a.Low == b.Low;

    /// <summary>Reads the binary form from the first 16 bytes.</summary>
    public static AreaUuid Read(ReadOnlySpan<byte> source) => new(ReadHalf(source), ReadHalf(source[8..]));

    /// <summary>Writes the binary form to the first 16 bytes.</summary>
    public void Write(Span<byte> destination)
    {
        for (int i = 0; i < 8; i++)
        {
            destination[i] = (byte)(High >> (56 - (8 * i)));
            destination[8 + i] = (byte)(Low >> (56 - (8 * i)));
        }
    }

    /// <summary>Writes the text form, 36 lower-case characters.</summary>
    public void WriteText(Span<byte> destination)
    {
        int at = 0;
        for (int i = 0; i < 32; i++)
        {
            if (i is 8 or 12 or 16 or 20)
            {
                destination[at++] = (byte)'-';
            }
            ulong half = i < 16 ? High : Low;
            int nibble = (int)(half >> (60 - (4 * (i & 15)))) & 15;
            destination[at++] = (byte)(nibble < 10 ? '0' + nibble : 'a' + nibble - 10);
        }
    }

    /// <summary>Parses the text form, either case; <see cref="Status.BadOptionValue"/> for anything else.</summary>
    public static Status Parse(ReadOnlySpan<byte> text, out AreaUuid uuid)
    {
        uuid = default;
        if (text.Length != TextBytes)
        {
            return Status.BadOptionValue;
        }
        ulong high = 0;
        ulong low = 0;
        int digits = 0;
        for (int i = 0; i < TextBytes; i++)
        {
            if (i is 8 or 13 or 18 or 23)
            {
                if (text[i] != (byte)'-')
                {
                    return Status.BadOptionValue;
                }
                continue;
            }
            int digit = DigitOf(text[i]);
            if (digit < 0)
            {
                return Status.BadOptionValue;
            }
            if (digits++ < 16)
            {
                high = (high << 4) | (uint)digit;
            }
            else
            {
                low = (low << 4) | (uint)digit;
            }
        }
        uuid = new AreaUuid(high, low);
        return Status.Ok;
    }

    private static int DigitOf(byte character) => character switch
    {
        >= (byte)'0' and <= (byte)'9' => character - '0',
        >= (byte)'a' and <= (byte)'f' => character - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => character - 'A' + 10,
        _ => -1,
    };

    private static ulong ReadHalf(ReadOnlySpan<byte> source)
    {
        ulong half = 0;
        for (int i = 0; i < 8; i++)
        {
            half = (half << 8) | source[i];
        }
        return half;
    }
}
