using System;

namespace CosmosKdump.Capture;

/// <summary>
/// Builds a line of ASCII text in a caller's buffer, without allocation. Text that does not fit is cut, and the line
/// then ends with "...".
/// </summary>
public ref struct TextLine(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;
    private int _length;
    private bool _cut;

    /// <summary>The text so far.</summary>
    public readonly ReadOnlySpan<byte> Text => _buffer.Slice(0, _length);

    /// <summary>Starts again with an empty line.</summary>
    public void Clear()
    {
        _length = 0;
        _cut = false;
    }

    /// <summary>Appends ASCII text; bytes outside 0x20..0x7E other than tab and newline become '?'.</summary>
    public void Add(scoped ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            byte b = text[i];
            Put(b is >= 0x20 and <= 0x7E or (byte)'\n' or (byte)'\t' ? b : (byte)'?');
        }
    }

    /// <summary>Appends an unsigned decimal number.</summary>
    public void AddDecimal(ulong value) => AddDecimal(value, 1, (byte)' ');

    /// <summary>Appends a decimal number padded on the left to a width.</summary>
    public void AddDecimal(ulong value, int width, byte pad)
    {
        Span<byte> digits = stackalloc byte[20];
        int n = 0;
        do
        {
            digits[n++] = (byte)('0' + (value % 10));
            value /= 10;
        }
        while (value != 0);
        for (int i = n; i < width; i++)
        {
            Put(pad);
        }
        while (n > 0)
        {
            Put(digits[--n]);
        }
    }

    /// <summary>Appends "0x" and lower-case hexadecimal digits.</summary>
    public void AddHex(ulong value)
    {
        Add("0x"u8);
        int digits = 1;
        while (digits < 16 && value >> (digits * 4) != 0)
        {
            digits++;
        }
        AddHex(value, digits);
    }

    /// <summary>Appends exactly <paramref name="digits"/> hexadecimal digits, without a prefix.</summary>
    public void AddHex(ulong value, int digits)
    {
        for (int i = digits - 1; i >= 0; i--)
        {
            int nibble = (int)((value >> (i * 4)) & 15);
            Put((byte)(nibble < 10 ? '0' + nibble : 'a' + nibble - 10));
        }
    }

    /// <summary>Appends a size in binary units with one decimal: "892.4 MiB".</summary>
    public void AddSize(ulong bytes)
    {
        if (bytes < 1024)
        {
            AddDecimal(bytes);
            Add(" B"u8);
            return;
        }
        ReadOnlySpan<byte> units = "KMGTPE"u8;
        int unit = 0;
        ulong rest = bytes;
        while (rest >= 1024 * 1024 && unit < 5)
        {
            rest >>= 10;
            unit++;
        }
        ulong tenths = ((rest & 1023) * 10) >> 10;
        AddDecimal(rest >> 10);
        Put((byte)'.');
        AddDecimal(tenths);
        Put((byte)' ');
        Put(units[unit]);
        Add("iB"u8);
    }

    /// <summary>Appends a duration given in microseconds as seconds with three decimals: "1.234 s".</summary>
    public void AddSeconds(ulong microseconds)
    {
        AddDecimal(microseconds / 1_000_000);
        Put((byte)'.');
        AddDecimal(microseconds / 1000 % 1000, 3, (byte)'0');
        Add(" s"u8);
    }

    /// <summary>Appends a status as its number and text: "E303 the area holds …".</summary>
    public void AddStatus(Status status)
    {
        Put((byte)'E');
        AddDecimal((ulong)status, 3, (byte)'0');
        Put((byte)' ');
        Add(StatusText.Of(status));
    }

    private void Put(byte b)
    {
        if (_length < _buffer.Length)
        {
            _buffer[_length++] = b;
        }
        else if (!_cut)
        {
            _cut = true;
            for (int i = 1; i <= 3 && i <= _length; i++)
            {
                _buffer[_length - i] = (byte)'.';
            }
        }
    }
}
