using CosmosKdump.Tests.Unit.Kernel.Machine;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>A TCO timer that counts twice in ticks of 0.6 s of the machine's clock, and then resets it.</summary>
internal sealed class SimulatedTco : IPortDevice
{
    private const ulong TickMicroseconds = 600_000;

    private readonly SimulatedMachine _machine;
    private readonly ushort _port;
    private ulong _since;

    public SimulatedTco(SimulatedMachine machine, ushort port)
    {
        _machine = machine;
        _port = port;
        machine.Add(this);
    }

    /// <summary>TCO_TMR.</summary>
    public ushort Ticks { get; set; } = 5;

    /// <summary>TCO1_CNT.</summary>
    public ushort Control { get; set; }

    /// <summary>It was started: without that it shows zero, and a reload starts it.</summary>
    public bool IsStarted { get; set; } = true;

    /// <summary>It has reached zero once: the status bit.</summary>
    public bool HasTimedOut { get; set; }

    /// <summary>It would have reset the machine.</summary>
    public bool HasBitten => Periods + (HasTimedOut ? 1UL : 0) >= 2;

    private ulong Elapsed => (_machine.Now - _since) / TickMicroseconds;

    private ulong Periods => IsStarted ? Elapsed / Ticks : 0;

    public bool HasPort(ushort port) => port >= _port && port < _port + 32;

    public uint ReadPort(ushort port, int width) => (port - _port) switch
    {
        0x00 => IsStarted ? Ticks - (uint)(Elapsed % Ticks) : 0,
        0x04 => HasTimedOut || Periods > 0 ? 8u : 0,
        0x08 => Control,
        0x12 => Ticks,
        _ => 0,
    };

    public void WritePort(ushort port, int width, uint value)
    {
        if (HasBitten)
        {
            return;
        }
        if (port == _port)
        {
            IsStarted = true;
            // The status bit stays: a second time comes after one period only.
            HasTimedOut |= Periods > 0;
            _since = _machine.Now;
        }
        else if (port == _port + 4 && (value & 8) != 0)
        {
            _since += Periods * Ticks * TickMicroseconds;
            HasTimedOut = false;
        }
    }
}
