using System;

namespace CosmosKdump.Capture.Input;

/// <summary>Walks the items of an option's value, which commas or white space separate; empty items are skipped.</summary>
public ref struct ListCursor(ReadOnlySpan<byte> list)
{
    private readonly ReadOnlySpan<byte> _list = list;
    private int _position;

    /// <summary>The item.</summary>
    public ReadOnlySpan<byte> Item { get; private set; }

    /// <summary>Where the item begins in the list.</summary>
    public int Offset { get; private set; }

    /// <summary>Goes to the next item.</summary>
    public bool MoveNext()
    {
        while (_position < _list.Length && IsSeparator(_list[_position]))
        {
            _position++;
        }
        Offset = _position;
        while (_position < _list.Length && !IsSeparator(_list[_position]))
        {
            _position++;
        }
        Item = _list[Offset.._position];
        return Item.Length > 0;
    }

    /// <summary>
    /// Takes the next item if it is a baud rate, as in <c>ttyS0,115200</c> or <c>ttyS0,115200n8</c>: items of these
    /// lists never begin with a digit. Returns <see cref="Status.BadBaudRate"/> for a rate that cannot be meant, and
    /// rate 0 if the next item is none.
    /// </summary>
    public Status TakeBaud(out uint baud)
    {
        baud = 0;
        ListCursor ahead = this;
        if (!ahead.MoveNext() || ahead.Item[0] is < (byte)'0' or > (byte)'9')
        {
            return Status.Ok;
        }
        this = ahead;
        int digits = 0;
        while (digits < Item.Length && Item[digits] is >= (byte)'0' and <= (byte)'9')
        {
            digits++;
        }
        ReadOnlySpan<byte> mode = Item[digits..];
        bool isMode = mode.Length == 0 || mode.SequenceEqual("n8"u8);
        Status status = NumberText.ReadDecimal(Item[..digits], out ulong rate);
        if (status != Status.Ok || !isMode || rate < 50 || rate > 4_000_000)
        {
            return Status.BadBaudRate;
        }
        baud = (uint)rate;
        return Status.Ok;
    }

    private static bool IsSeparator(byte b) => b is (byte)',' or (byte)' ' or (byte)'\t' or (byte)'\n';
}
