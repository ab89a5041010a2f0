using System;

namespace CosmosKdump.Kernel.Machine;

/// <summary>The time-stamp counter, calibrated once.</summary>
internal static class Clock
{
    private const ushort PitChannel2 = 0x42;
    private const ushort PitCommand = 0x43;
    private const ushort SystemControl = 0x61;
    private const uint PitHertz = 1193182;
    private const uint CalibrationTicks = 1193; // 1 ms
    private const int CalibrationSamples = 6;

    private static ulong _start;
    private static ulong _ticksPerMicrosecond;

    /// <summary>How the frequency was found, for the report.</summary>
    internal static ClockSource Source { get; private set; }

    /// <summary>Ticks in a microsecond; before <see cref="Calibrate"/> those of 4 GHz.</summary>
    internal static ulong TicksPerMicrosecond => _ticksPerMicrosecond == 0 ? 4000 : _ticksPerMicrosecond;

    /// <summary>Microseconds since <see cref="Calibrate"/>.</summary>
    internal static ulong Microseconds => (Cpu.Timestamp() - _start) / TicksPerMicrosecond;

    /// <summary>
    /// Finds the counter's frequency: CPUID leaf 15H (crystal ratio), a hypervisor's leaf 40000010H, the 8254 timer's
    /// channel 2, CPUID leaf 16H; if none answers, 4 GHz, so that deadlines are never shorter than asked for.
    /// </summary>
    internal static void Calibrate()
    {
        _start = Cpu.Timestamp();
        Source = ClockSource.CpuId;
        ulong hertz = FromCrystal();
        if (hertz == 0)
        {
            Source = ClockSource.Hypervisor;
            hertz = FromHypervisor();
        }
        if (hertz == 0)
        {
            Source = ClockSource.Timer8254;
            hertz = FromTimer();
        }
        if (hertz == 0 && MaximumLeaf() >= 0x16)
        {
            Source = ClockSource.CpuId;
            hertz = (Cpu.CpuId(0x16, 0).Eax & 0xFFFF) * 1_000_000UL;
        }
        if (hertz is < 100_000_000 or > 20_000_000_000)
        {
            Source = ClockSource.Assumed;
            hertz = 4_000_000_000;
        }
        _ticksPerMicrosecond = hertz / 1_000_000;
    }

    private static uint MaximumLeaf() => Cpu.CpuId(0, 0).Eax;

    private static ulong FromCrystal()
    {
        if (MaximumLeaf() < 0x15)
        {
            return 0;
        }
        CpuIdResult ratio = Cpu.CpuId(0x15, 0);
        return ratio.Eax == 0 ? 0 : (ulong)ratio.Ecx * ratio.Ebx / ratio.Eax;
    }

    private static ulong FromHypervisor()
    {
        bool present = (Cpu.CpuId(1, 0).Ecx >> 31) != 0;
        if (!present || Cpu.CpuId(0x40000000, 0).Eax is < 0x40000010 or > 0x400000FF)
        {
            return 0;
        }
        return Cpu.CpuId(0x40000010, 0).Eax * 1000UL;
    }

    /// <summary>
    /// The smallest of several samples: an interruption (SMI, or a host that runs something else) only makes one longer.
    /// Two that agree are enough.
    /// </summary>
    private static ulong FromTimer()
    {
        ulong smallest = 0;
        for (int i = 0; i < CalibrationSamples; i++)
        {
            ulong hertz = SampleTimer();
            if (hertz == 0)
            {
                return smallest;
            }
            ulong difference = hertz > smallest ? hertz - smallest : smallest - hertz;
            smallest = smallest == 0 ? hertz : Math.Min(smallest, hertz);
            if (difference < smallest / 128)
            {
                break;
            }
        }
        return smallest;
    }

    /// <summary>Intel 8254: channel 2 in mode 0 counts down once; its output is bit 5 of port 61H.</summary>
    private static ulong SampleTimer()
    {
        byte control = PortIo.In8(SystemControl);
        PortIo.Out8(SystemControl, (byte)((control & 0xFC) | 1));
        PortIo.Out8(PitCommand, 0xB0);
        PortIo.Out8(PitChannel2, unchecked((byte)CalibrationTicks));
        PortIo.Out8(PitChannel2, (byte)(CalibrationTicks >> 8));
        ulong begin = Cpu.Timestamp();
        ulong end = begin;
        bool finished = false;
        for (int i = 0; i < 10_000_000 && !finished; i++)
        {
            finished = (PortIo.In8(SystemControl) & 0x20) != 0;
            end = Cpu.Timestamp();
            if (end - begin > 1_000_000_000)
            {
                break;
            }
        }
        PortIo.Out8(SystemControl, control);
        return finished ? (end - begin) * PitHertz / CalibrationTicks : 0;
    }
}
