using System;

namespace CosmosKdump.Capture.Input;

/// <summary>
/// Walks the options of a kernel command line as Linux's <c>next_arg</c> does (lib/cmdline.c): options are separated
/// by white space, which double quotes protect; quotes around a whole option or a whole value are not part of it. Unlike
/// there, a lone <c>--</c> ends nothing: there is no init, and kexec-tools appends <c>elfcorehdr=</c> at the very end.
/// </summary>
public ref struct CommandLineCursor(ReadOnlySpan<byte> commandLine)
{
    private readonly ReadOnlySpan<byte> _text = commandLine;
    private int _position;

    /// <summary>Name of the option.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Value after the first <c>=</c>, empty if there is none.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Where the value begins in the command line.</summary>
    public int ValueOffset { get; private set; }

    /// <summary>Goes to the next option.</summary>
    public bool MoveNext()
    {
        while (_position < _text.Length && IsSpace(_text[_position]))
        {
            _position++;
        }
        if (_position >= _text.Length || _text[_position] == 0)
        {
            return false;
        }
        bool quoted = _text[_position] == (byte)'"';
        bool inQuotes = quoted;
        int start = quoted ? _position + 1 : _position;
        int equals = -1;
        int end = start;
        while (end < _text.Length && _text[end] != 0 && (inQuotes || !IsSpace(_text[end])))
        {
            if (_text[end] == (byte)'=' && equals < 0 && end > start)
            {
                equals = end;
            }
            if (_text[end] == (byte)'"')
            {
                inQuotes = !inQuotes;
            }
            end++;
        }
        _position = end;
        Split(start, end, equals, quoted);
        return true;
    }

    private void Split(int start, int end, int equals, bool quoted)
    {
        bool endsInQuote = end > start && _text[end - 1] == (byte)'"';
        if (equals < 0)
        {
            Name = _text[start..(quoted && endsInQuote ? end - 1 : end)];
            Value = default;
            ValueOffset = 0;
            return;
        }
        Name = _text[start..equals];
        int valueStart = equals + 1;
        int valueEnd = end;
        bool valueQuoted = valueStart < end && _text[valueStart] == (byte)'"';
        if (valueQuoted)
        {
            valueStart++;
        }
        if ((valueQuoted || quoted) && endsInQuote && valueEnd > valueStart)
        {
            valueEnd--;
        }
        Value = _text[valueStart..valueEnd];
        ValueOffset = valueStart;
    }

    private static bool IsSpace(byte b) => b is (byte)' ' or (>= 9 and <= 13);
}
