using System;
using System.Runtime.CompilerServices;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;
using CosmosKdump.Kernel.Drivers.Keyboard;
using CosmosKdump.Kernel.Drivers.Serial;
using CosmosKdump.Kernel.Drivers.Video;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Report;

/// <summary>Starts the consoles that the command line names, or all that are found, and takes what is typed on them.</summary>
internal static unsafe class Consoles
{
    private static Ports _ports;
    private static VgaText _screen;
    private static Ps2Keyboard _keyboard;
    private static bool _hasScreen;

    /// <summary>A character was typed on the keyboard, not on a serial line, and the screen is looked at.</summary>
    internal static bool IsScreenInUse { get; private set; }

    internal static void Start(in BootOptions options)
    {
        if (options.ConsoleCount == 0)
        {
            for (int port = 0; port < Uart16550.PortCount; port++)
            {
                StartPort(port, 0);
            }
            StartScreen();
        }
        for (int i = 0; i < options.ConsoleCount; i++)
        {
            ConsoleSpec spec = options.Consoles[i];
            if (spec.Kind == ConsoleKind.Vga)
            {
                StartScreen();
            }
            else
            {
                StartPort(spec.Port, spec.Baud);
            }
        }
        PhysicalMap.Keep();
    }

    /// <summary>Whatever is typed from now on may be taken: the keyboard belongs to the screen.</summary>
    internal static void StartInput()
    {
        if (_hasScreen && !_keyboard.IsStarted)
        {
            _ = _keyboard.Start();
        }
    }

    /// <summary>Waits for a character that is typed on any console.</summary>
    internal static byte Read()
    {
        byte character;
        while (!TryRead(out character))
        {
            Cpu.Pause();
        }
        // Somebody is there.
        CaptureProgress.Made();
        return character;
    }

    /// <summary>Takes a character that was typed on any console, without waiting.</summary>
    internal static bool TryRead(out byte character)
    {
        if (_keyboard.TryRead(out character))
        {
            IsScreenInUse = true;
            return true;
        }
        Span<byte> one = stackalloc byte[1];
        for (int i = 0; i < Uart16550.PortCount; i++)
        {
            // A port that was not started has no rate.
            if (_ports[i].Baud != 0 && _ports[i].Read(one) == 1)
            {
                IsScreenInUse = false;
                character = one[0];
                return true;
            }
        }
        return false;
    }

    private static void StartPort(int port, uint baud)
    {
        if (port >= Uart16550.PortCount || _ports[port].Start(port, baud) != Status.Ok)
        {
            return;
        }

        // One function for each port, as an output is a plain function.
        delegate*<ReadOnlySpan<byte>, void> output = port switch
        {
            0 => &Write0,
            1 => &Write1,
            2 => &Write2,
            _ => &Write3,
        };
        Log.Attach(output);
    }

    private static void StartScreen()
    {
        if (_screen.Start() == Status.Ok)
        {
            // A plain function of this class.
            Log.Attach(&WriteScreen);
            _hasScreen = true;
        }
    }

    private static void Write0(ReadOnlySpan<byte> text) => _ports[0].WriteText(text);

    private static void Write1(ReadOnlySpan<byte> text) => _ports[1].WriteText(text);

    private static void Write2(ReadOnlySpan<byte> text) => _ports[2].WriteText(text);

    private static void Write3(ReadOnlySpan<byte> text) => _ports[3].WriteText(text);

    private static void WriteScreen(ReadOnlySpan<byte> text) => _screen.Write(text);

    [InlineArray(Uart16550.PortCount)]
    private struct Ports
    {
        private Uart16550 _first;
    }
}
