using CosmosKdump.Capture;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Video;

/// <summary>The text screen as the old kernel left it: its size, what is visible, where the cursor is.</summary>
internal readonly struct VgaScreen
{
    private const int CellsOfMemory = (int)VgaRegister.TextMemoryBytes / 2;

    private VgaScreen(int columns, int rows, int origin, int cursorRow)
    {
        Columns = columns;
        Rows = rows;
        Origin = origin;
        CursorRow = cursorRow;
    }

    /// <summary>Characters of a row.</summary>
    public int Columns { get; }

    /// <summary>Rows of the screen.</summary>
    public int Rows { get; }

    /// <summary>First visible cell of the text memory.</summary>
    public int Origin { get; }

    /// <summary>Row of the cursor on the screen.</summary>
    public int CursorRow { get; }

    /// <summary>
    /// Reads the mode out of the registers. <see cref="Status.NoDevice"/> for anything but a plausible colour text mode,
    /// above all for a graphics mode, in which the same memory would be pixels.
    /// </summary>
    public static Status Read(out VgaScreen screen)
    {
        screen = default;
        byte output = PortIo.In8(VgaRegister.MiscellaneousOutput);
        byte mode = ReadIndexed(VgaRegister.GraphicsIndex, VgaRegister.GraphicsMiscellaneous);
        // Ports without a device read as all ones.
        bool isText = output != 0xFF
            && (output & VgaRegister.MiscellaneousColour) != 0
            && mode != 0xFF
            && (mode & VgaRegister.GraphicsModeMask) == VgaRegister.GraphicsTextAtB8000;
        if (!isText)
        {
            return Status.NoDevice;
        }
        int columns = ReadCrt(VgaRegister.CrtColumns) + 1;
        int overflow = ReadCrt(VgaRegister.CrtOverflow);
        int scanLines = (ReadCrt(VgaRegister.CrtScanLines) | (overflow << 7 & 0x100) | (overflow << 3 & 0x200)) + 1;
        int rows = scanLines / ((ReadCrt(VgaRegister.CrtRowHeight) & 0x1F) + 1);
        int pitch = ReadCrt(VgaRegister.CrtOffset) * 2;
        if (columns is < 80 or > 132 || rows is < 25 or > 60 || pitch != columns)
        {
            return Status.NoDevice;
        }
        int origin = ReadCrt(VgaRegister.CrtStartHigh) << 8 | ReadCrt(VgaRegister.CrtStartLow);
        int cursor = ReadCrt(VgaRegister.CrtCursorHigh) << 8 | ReadCrt(VgaRegister.CrtCursorLow);
        if (origin + (columns * rows) > CellsOfMemory)
        {
            origin = 0;
        }
        int cursorRow = cursor >= origin ? (cursor - origin) / columns : rows;
        screen = new VgaScreen(columns, rows, origin, cursorRow < rows ? cursorRow : rows - 1);
        return Status.Ok;
    }

    /// <summary>Writes a register of the CRT controller.</summary>
    public static void WriteCrt(byte index, byte value)
    {
        PortIo.Out8(VgaRegister.CrtIndex, index);
        PortIo.Out8(VgaRegister.CrtIndex + 1, value);
    }

    private static byte ReadCrt(byte index) => ReadIndexed(VgaRegister.CrtIndex, index);

    private static byte ReadIndexed(ushort port, byte index)
    {
        PortIo.Out8(port, index);
        return PortIo.In8((ushort)(port + 1));
    }
}
