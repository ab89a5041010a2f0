using System;

namespace CosmosKdump.Kernel.Drivers.Keyboard;

/// <summary>
/// Makes characters of scan codes of set 1, US layout (Microsoft's keyboard scan code specification, 1.3a): what a
/// terminal would send, ^P for the arrow up.
/// </summary>
internal struct ScanCodes
{
    private const byte Extended = 0xE0;
    private const byte ExtendedPause = 0xE1;
    private const byte Released = 0x80;
    private const byte LeftShift = 0x2A;
    private const byte RightShift = 0x36;
    private const byte Control = 0x1D;
    private const byte CapsLock = 0x3A;
    private const byte FirstOfPad = 0x47;

    private const byte ArrowUp = 0x48;
    private const byte PadEnter = 0x1C;
    private const byte PadSlash = 0x35;
    private const byte DeleteKey = 0x53;
    private const byte PreviousLine = 0x10;

    private int _skip;
    private bool _isExtended;
    private bool _hasLeftShift;
    private bool _hasRightShift;
    private bool _hasControl;
    private bool _hasCapsLock;

    private static ReadOnlySpan<byte> Plain =>
        "\0\01234567890-=\b\tqwertyuiop[]\n\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 "u8;

    private static ReadOnlySpan<byte> Shifted =>
        "\0\0!@#$%^&*()_+\b\tQWERTYUIOP{}\n\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 "u8;

    private static ReadOnlySpan<byte> Pad => "789-456+1230."u8;

    /// <summary>Takes a scan code; the character that it makes, 0 for none.</summary>
    public byte Take(byte code)
    {
        if (_skip > 0)
        {
            _skip--;
            return 0;
        }
        if (code is Extended or ExtendedPause)
        {
            // Pause is the one key of three bytes, and has no release.
            _skip = code == ExtendedPause ? 2 : 0;
            _isExtended = code == Extended;
            return 0;
        }
        bool isExtended = _isExtended;
        _isExtended = false;
        byte key = (byte)(code & ~Released);
        bool isPressed = (code & Released) == 0;
        if (TakeModifier(key, isExtended, isPressed) || !isPressed)
        {
            return 0;
        }
        return isExtended ? OfExtended(key) : Of(key);
    }

    private bool TakeModifier(byte key, bool isExtended, bool isPressed)
    {
        switch (key)
        {
            case Control:
                _hasControl = isPressed;
                return true;
            case LeftShift or RightShift when isExtended:
                // Keyboards wrap extended keys into shifts that nobody pressed.
                return true;
            case LeftShift:
                _hasLeftShift = isPressed;
                return true;
            case RightShift:
                _hasRightShift = isPressed;
                return true;
            case CapsLock:
                _hasCapsLock ^= isPressed;
                return true;
            default:
                return false;
        }
    }

    private readonly byte Of(byte key)
    {
        if (key >= FirstOfPad)
        {
            return key - FirstOfPad < Pad.Length ? Pad[key - FirstOfPad] : (byte)0;
        }
        if (key >= Plain.Length)
        {
            return 0;
        }
        byte plain = Plain[key];
        bool isLetter = plain is >= (byte)'a' and <= (byte)'z';
        if (_hasControl)
        {
            return isLetter ? (byte)(plain & 0x1F) : (byte)0;
        }
        bool isShifted = (_hasLeftShift || _hasRightShift) != (isLetter && _hasCapsLock);
        return isShifted ? Shifted[key] : plain;
    }

    private static byte OfExtended(byte key) => key switch
    {
        ArrowUp => PreviousLine,
        PadEnter => (byte)'\n',
        PadSlash => (byte)'/',
        DeleteKey => (byte)'\b',
        _ => 0,
    };
}
