using System;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Video;

/// <summary>
/// The VGA text screen as a console. Goes on below the old kernel's last line, and scrolls by moving the start address,
/// as text memory holds many screens: that costs one row of writes per line, and no reads.
/// </summary>
internal struct VgaText : IConsole
{
    private const byte Attribute = 0x07;
    private const ushort Blank = (Attribute << 8) | ' ';
    private const int CellsOfMemory = (int)VgaRegister.TextMemoryBytes / 2;
    private const int TabColumns = 8;

    private Mmio _memory;
    private int _columns;
    private int _rows;
    private int _origin;
    private int _row;
    private int _column;

    /// <summary>
    /// Takes the screen over; <see cref="Status.NoDevice"/> when there is none in text mode, and nothing was written.
    /// </summary>
    public Status Start()
    {
        this = default;
        Status status = VgaScreen.Read(out VgaScreen screen);
        if (status == Status.Ok)
        {
            status = PhysicalMap.MapDevice(VgaRegister.TextMemory, VgaRegister.TextMemoryBytes, out _memory);
        }
        if (status != Status.Ok)
        {
            return status;
        }
        PhysicalMap.Keep();
        _columns = screen.Columns;
        _rows = screen.Rows;
        _origin = screen.Origin;
        _row = screen.CursorRow;
        if (!HasMemory())
        {
            return Status.NoDevice;
        }
        NewLine();
        ShowScreen();
        return Status.Ok;
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case (byte)'\n':
                    NewLine();
                    break;
                case (byte)'\r':
                    _column = 0;
                    break;
                case (byte)'\b':
                    _column = Math.Max(0, _column - 1);
                    break;
                case (byte)'\a':
                    break;
                case (byte)'\t':
                    _column = (_column + TabColumns) & ~(TabColumns - 1);
                    break;
                default:
                    Put(text[i]);
                    break;
            }
        }
        ShowScreen();
    }

    private void Put(byte character)
    {
        if (_column >= _columns)
        {
            NewLine();
        }
        WriteCell(_origin + (_row * _columns) + _column, (ushort)((Attribute << 8) | character));
        _column++;
    }

    private void NewLine()
    {
        _column = 0;
        if (_row + 1 < _rows)
        {
            _row++;
        }
        else if (_origin + ((_rows + 1) * _columns) <= CellsOfMemory)
        {
            _origin += _columns;
        }
        else
        {
            MoveToTop();
        }
        for (int i = 0; i < _columns; i++)
        {
            WriteCell(_origin + (_row * _columns) + i, Blank);
        }
    }

    // The end of text memory is reached: the rows that stay visible move to its beginning. Bounded by one screen.
    private void MoveToTop()
    {
        for (int i = 0; i < (_rows - 1) * _columns; i++)
        {
            WriteCell(i, _memory.Read16((uint)((_origin + _columns + i) * 2)));
        }
        _origin = 0;
    }

    private readonly void ShowScreen()
    {
        int cursor = _origin + (_row * _columns) + Math.Min(_column, _columns - 1);
        VgaScreen.WriteCrt(VgaRegister.CrtStartHigh, (byte)(_origin >> 8));
        VgaScreen.WriteCrt(VgaRegister.CrtStartLow, (byte)_origin);
        VgaScreen.WriteCrt(VgaRegister.CrtCursorHigh, (byte)(cursor >> 8));
        VgaScreen.WriteCrt(VgaRegister.CrtCursorLow, (byte)cursor);
    }

    // A cell that is about to be overwritten anyway shows whether there is memory: the first of the next row or this.
    private readonly bool HasMemory()
    {
        int row = Math.Min(_row + 1, _rows - 1);
        uint offset = (uint)((_origin + (row * _columns)) * 2);
        ushort before = _memory.Read16(offset);
        _memory.Write16(offset, (ushort)(Blank ^ 0x0101));
        bool keeps = _memory.Read16(offset) == (Blank ^ 0x0101);
        _memory.Write16(offset, before);
        return keeps;
    }

    private readonly void WriteCell(int cell, ushort value) => _memory.Write16((uint)(cell * 2), value);
}
