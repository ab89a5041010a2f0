using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace CosmosKdump.Capture.Shell;

/// <summary>
/// The line that is typed on a terminal: backspace and DEL take a character back, ^U the line, ^C gives it up, ^P and the
/// arrow up bring the line before it. What is typed is shown as it is typed.
/// </summary>
public struct LineEditor
{
    /// <summary>Longest line, bytes; what is typed beyond it is refused with a bell.</summary>
    public const int MostBytes = 200;

    private const byte Interrupt = 0x03;
    private const byte Bell = 0x07;
    private const byte Backspace = 0x08;
    private const byte Previous = 0x10;
    private const byte Kill = 0x15;
    private const byte Escape = 0x1B;
    private const byte Delete = 0x7F;

    private LineText _line;
    private LineText _before;
    private int _length;
    private int _lengthBefore;
    private int _escape;
    private bool _isAfterReturn;

    /// <summary>The line so far, or the complete one.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Text => ((ReadOnlySpan<byte>)_line)[.._length];

    /// <summary>Begins a line; the one before it is what ^P brings.</summary>
    public void Begin()
    {
        if (_length > 0)
        {
            _before = _line;
            _lengthBefore = _length;
        }
        _length = 0;
        _escape = 0;
    }

    /// <summary>Takes a key, as a terminal sends it.</summary>
    public LineEvent Take<TConsole>(ref TConsole console, byte key)
        where TConsole : struct, IConsole
    {
        // Some terminals send a newline behind each carriage return.
        bool isPair = _isAfterReturn && key == (byte)'\n';
        _isAfterReturn = key == (byte)'\r';
        if (isPair || TakeEscape(ref console, key))
        {
            return LineEvent.None;
        }
        switch (key)
        {
            case (byte)'\r' or (byte)'\n':
                console.Write("\n"u8);
                return LineEvent.Line;
            case Interrupt:
                console.Write("^C\n"u8);
                _length = 0;
                return LineEvent.Cancelled;
            case Backspace or Delete:
                Erase(ref console, 1);
                break;
            case Kill:
                Erase(ref console, _length);
                break;
            case Previous:
                Recall(ref console);
                break;
            case >= 0x20 and < Delete:
                Insert(ref console, key);
                break;
        }
        return LineEvent.None;
    }

    // ESC [ A, or ESC O A, is the arrow up (ECMA-48, 8.3.22; DEC VT100). Other sequences are left out to their end.
    private bool TakeEscape<TConsole>(ref TConsole console, byte key)
        where TConsole : struct, IConsole
    {
        if (_escape == 0)
        {
            _escape = key == Escape ? 1 : 0;
            return _escape != 0;
        }
        if (_escape == 1)
        {
            // ESC and a character is that character with Alt: no key of ours.
            _escape = key is (byte)'[' or (byte)'O' ? 2 : 0;
            return true;
        }
        if (key is >= 0x40 and <= 0x7E)
        {
            _escape = 0;
            if (key == (byte)'A')
            {
                Recall(ref console);
            }
        }
        return true;
    }

    private void Insert<TConsole>(ref TConsole console, byte key)
        where TConsole : struct, IConsole
    {
        Span<byte> shown = stackalloc byte[1];
        shown[0] = Bell;
        if (_length < MostBytes)
        {
            _line[_length++] = key;
            shown[0] = key;
        }
        console.Write(shown);
    }

    private void Erase<TConsole>(ref TConsole console, int count)
        where TConsole : struct, IConsole
    {
        for (; count > 0 && _length > 0; count--)
        {
            _length--;
            console.Write("\b \b"u8);
        }
    }

    private void Recall<TConsole>(ref TConsole console)
        where TConsole : struct, IConsole
    {
        Erase(ref console, _length);
        _line = _before;
        _length = _lengthBefore;
        console.Write(Text);
    }

    [InlineArray(MostBytes)]
    private struct LineText
    {
        private byte _first;
    }
}
