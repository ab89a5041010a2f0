using System.Runtime.CompilerServices;
using CosmosKdump.Kernel.Report;

namespace CosmosKdump.Kernel.Shell;

/// <summary>What is typed, also what was typed ahead while a command ran.</summary>
internal static class Keys
{
    private const int MostAhead = 64;
    private const byte Interrupt = 0x03;

    private static Ahead _ahead;
    private static int _first;
    private static int _count;

    /// <summary>Waits for a character.</summary>
    internal static byte Read()
    {
        if (_count == 0)
        {
            return Consoles.Read();
        }
        _count--;
        return _ahead[_first++ % MostAhead];
    }

    /// <summary>Waits for a character that nobody typed before.</summary>
    internal static byte ReadNew()
    {
        _count = 0;
        return Consoles.Read();
    }

    /// <summary>Whether ^C was typed, without waiting; what was typed else is kept.</summary>
    internal static bool HaveInterrupt()
    {
        while (_count < MostAhead && Consoles.TryRead(out byte character))
        {
            if (character == Interrupt)
            {
                _count = 0;
                return true;
            }
            _ahead[(_first + _count++) % MostAhead] = character;
        }
        return false;
    }

    [InlineArray(MostAhead)]
    private struct Ahead
    {
        private byte _first;
    }
}
