using System;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Watchdog;

/// <summary>
/// The watchdogs that the crashed kernel armed and that nobody feeds any more. They are fed while the capture makes
/// progress, and never otherwise: one that hangs ends by a reset, as their owner wanted it.
/// </summary>
internal static class Watchdogs
{
    private static TcoWatchdog _tco;
    private static EsbWatchdog _esb;
    private static AcpiWatchdog _acpi;

    /// <summary>Looks for them, before anybody asks to feed them. Those that run are told in a line.</summary>
    internal static void Find()
    {
        _tco = TcoWatchdog.Find();
        _esb = EsbWatchdog.Find();
        _acpi = AcpiWatchdog.Find();
        // They are needed as long as we are.
        PhysicalMap.Keep();
        Tell();
    }

    /// <summary>Feeds them all.</summary>
    internal static void Feed()
    {
        _tco.Feed();
        _esb.Feed();
        _acpi.Feed();
    }

    private static void Tell()
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer);
        line.Add("watchdog"u8);
        int start = line.Text.Length;
        if (_tco.IsRunning)
        {
            Add(ref line, TcoWatchdog.Name);
            line.Add(" (twice "u8);
            line.AddSeconds(_tco.PeriodMilliseconds * 1000UL);
            line.Add(")"u8);
        }
        if (_esb.IsRunning)
        {
            Add(ref line, EsbWatchdog.Name);
        }
        if (_acpi.IsRunning)
        {
            Add(ref line, AcpiWatchdog.Name);
        }
        if (line.Text.Length != start)
        {
            line.Add(" armed by the crashed kernel: fed while the dump makes progress"u8);
            Log.Write(line.Text);
            Log.Write("\n"u8);
        }
    }

    private static void Add(ref TextLine line, ReadOnlySpan<byte> name)
    {
        line.Add(" "u8);
        line.Add(name);
    }
}
