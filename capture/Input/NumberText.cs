using System;

namespace CosmosKdump.Capture.Input;

/// <summary>Numbers in text. All methods are bounded by the text and report overflow instead of wrapping.</summary>
public static class NumberText
{
    /// <summary>Reads the whole text as a decimal number.</summary>
    public static Status ReadDecimal(ReadOnlySpan<byte> text, out ulong value) => ReadWhole(text, 10, out value);

    /// <summary>Reads the whole text as a hexadecimal number, with or without <c>0x</c>.</summary>
    public static Status ReadHex(ReadOnlySpan<byte> text, out ulong value) =>
        ReadWhole(HasHexPrefix(text) ? text[2..] : text, 16, out value);

    /// <summary>
    /// Reads a size as Linux's <c>memparse</c> does (lib/cmdline.c): hexadecimal after <c>0x</c>, octal after <c>0</c>,
    /// else decimal, and one suffix K, M, G, T, P or E. <paramref name="used"/> is the number of characters read.
    /// </summary>
    public static Status ReadSize(ReadOnlySpan<byte> text, out ulong value, out int used)
    {
        int prefix = HasHexPrefix(text) && text.Length > 2 && DigitOf(text[2]) < 16 ? 2 : 0;
        uint radix = prefix == 2 ? 16u : text.Length > 0 && text[0] == (byte)'0' ? 8u : 10u;
        Status status = ReadDigits(text[prefix..], radix, out value, out int digits);
        used = prefix + digits;
        if (status != Status.Ok)
        {
            return status;
        }
        int shift = used < text.Length ? ShiftOf(text[used]) : 0;
        if (shift == 0)
        {
            return Status.Ok;
        }
        used++;
        if (value >> (64 - shift) != 0)
        {
            return Status.BadOptionValue;
        }
        value <<= shift;
        return Status.Ok;
    }

    private static Status ReadWhole(ReadOnlySpan<byte> text, uint radix, out ulong value)
    {
        Status status = ReadDigits(text, radix, out value, out int used);
        return status == Status.Ok && used != text.Length ? Status.BadOptionValue : status;
    }

    private static Status ReadDigits(ReadOnlySpan<byte> text, uint radix, out ulong value, out int used)
    {
        value = 0;
        used = 0;
        ulong largest = ulong.MaxValue / radix;
        while (used < text.Length)
        {
            uint digit = DigitOf(text[used]);
            if (digit >= radix)
            {
                break;
            }
            if (value > largest || ulong.MaxValue - (value * radix) < digit)
            {
                return Status.BadOptionValue;
            }
            value = (value * radix) + digit;
            used++;
        }
        return used == 0 ? Status.BadOptionValue : Status.Ok;
    }

    private static bool HasHexPrefix(ReadOnlySpan<byte> text) =>
        text.Length >= 2 && text[0] == (byte)'0' && (text[1] | 0x20) == (byte)'x';

    private static uint DigitOf(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => (uint)(b - '0'),
        >= (byte)'a' and <= (byte)'f' => (uint)(b - 'a' + 10),
        >= (byte)'A' and <= (byte)'F' => (uint)(b - 'A' + 10),
        _ => uint.MaxValue,
    };

    private static int ShiftOf(byte suffix) => (suffix | 0x20) switch
    {
        'k' => 10,
        'm' => 20,
        'g' => 30,
        't' => 40,
        'p' => 50,
        'e' => 60,
        _ => 0,
    };
}
