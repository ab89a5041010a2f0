using System;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Machine;
using CosmosKdump.Kernel.Report;

namespace CosmosKdump.Kernel.Shell;

/// <summary>
/// Output of a command, line by line. It stops at each screen where the command was typed on the keyboard, and goes on by
/// any key; ^C and q end it. A serial terminal can be scrolled back, and stops only where <c>more on</c> asks for it.
/// </summary>
internal static class Pager
{
    private const int RowsOfScreen = 23;
    private const byte Interrupt = 0x03;

    private static bool _isAsked;
    private static bool _isRefused;
    private static int _rows;

    /// <summary>Nobody wants more of it.</summary>
    internal static bool IsStopped { get; private set; }

    private static bool Stops => _isAsked || (Consoles.IsScreenInUse && !_isRefused);

    /// <summary>A command begins.</summary>
    internal static void Begin()
    {
        IsStopped = false;
        _rows = 0;
    }

    /// <summary><c>more on</c> or <c>more off</c>; without an argument tells which.</summary>
    internal static void Set(ReadOnlySpan<byte> argument)
    {
        bool isOn = argument.SequenceEqual("on"u8);
        bool isOff = argument.SequenceEqual("off"u8);
        if (isOn || isOff)
        {
            _isAsked = isOn;
            _isRefused = isOff;
            return;
        }
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        var line = new TextLine(buffer);
        line.Add(argument.Length > 0 ? "more takes on or off; it is "u8 : "more is "u8);
        line.Add(Stops ? "on"u8 : "off"u8);
        Write(ref line);
    }

    /// <summary>Writes a line and its end, and clears it for the next one.</summary>
    internal static void Write(scoped ref TextLine line)
    {
        if (!IsStopped)
        {
            Log.Write(line.Text);
            Log.Write("\n"u8);
            AfterLine();
        }
        line.Clear();
    }

    /// <summary>Writes a line of fixed text.</summary>
    internal static void Write(ReadOnlySpan<byte> text)
    {
        if (!IsStopped)
        {
            Log.Write(text);
            Log.Write("\n"u8);
            AfterLine();
        }
    }

    private static void AfterLine()
    {
        _rows++;
        if (Stops && _rows >= RowsOfScreen)
        {
            Log.Write("--More--"u8);
            byte key = Keys.ReadNew();
            IsStopped = key is Interrupt or (byte)'q';
            Log.Write("\r        \r"u8);
            _rows = 0;
        }
        else if (Keys.HaveInterrupt())
        {
            IsStopped = true;
        }
        if (IsStopped)
        {
            Log.Write("^C\n"u8);
        }
    }
}
