using System;
using System.Linq;
using CosmosKdump.Tests.Unit.Kernel.Machine;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>
/// An AHCI controller that follows AHCI 1.3.1 and throws at a driver that does not: registers changed in a state in
/// which they must not be, misaligned tables, addresses that it cannot reach, DMA without bus mastering.
/// </summary>
internal sealed class SimulatedAhci : IMmioDevice
{
    public const ulong Window = 0xFEB0_0000;
    public const ulong WindowBytes = 0x2000;

    private readonly SimulatedFunction _function;
    private ulong _resetEnds = ulong.MaxValue;
    private uint _control;
    private uint _handoff;
    private ulong _handoffEnds = ulong.MaxValue;

    public SimulatedAhci(SimulatedMachine machine, SimulatedFunction function, int ports = 6)
    {
        _function = function.WithBar(5, Window, WindowBytes);
        Ports = [.. Enumerable.Range(0, ports).Select(_ => new SimulatedAhciPort(this))];
        machine.Add(this);
        machine.Paused += Progress;
    }

    public SimulatedAhciPort[] Ports { get; }

    /// <summary>CAP: 64 bits, NCQ, 32 slots.</summary>
    public uint Capabilities { get; set; } = 0xC000_1F05;

    /// <summary>How long GHC.HR takes; null: for ever.</summary>
    public ulong? ResetMicroseconds { get; set; } = 3000;

    /// <summary>CAP2.</summary>
    public uint MoreCapabilities { get; set; }

    /// <summary>How long the firmware takes to let go; null: for ever.</summary>
    public ulong? FirmwareMicroseconds { get; set; }

    /// <summary>All registers read as ones.</summary>
    public bool IsGone { get; set; }

    public bool Has64Bits => (Capabilities & 0x8000_0000) != 0;

    public bool IsMaster => _function.IsMaster;

    public int Resets { get; private set; }

    public uint Handoff
    {
        get => _handoff;
        set => _handoff = value;
    }

    public bool HasAddress(ulong address) => address >= Window && address < Window + WindowBytes;

    public ulong ReadWindow(ulong address, int width)
    {
        uint offset = (uint)(address - Window);
        if (IsGone)
        {
            return uint.MaxValue;
        }
        if (offset >= 0x100)
        {
            uint port = (offset - 0x100) / 0x80;
            return port < Ports.Length ? Ports[port].Read(offset & 0x7F) : 0;
        }
        return offset switch
        {
            0x00 => Capabilities,
            0x04 => _control,
            0x0C => (1u << Ports.Length) - 1,
            0x10 => 0x0001_0301,
            0x24 => MoreCapabilities,
            0x28 => _handoff,
            _ => 0,
        };
    }

    public void WriteWindow(ulong address, int width, ulong value)
    {
        uint offset = (uint)(address - Window);
        if (IsGone || (_function.Command & 2) == 0)
        {
            return;
        }
        if (offset >= 0x100)
        {
            if ((_control & 0x8000_0001) != 0x8000_0000)
            {
                throw new InvalidOperationException("a port is written while AHCI is off or being reset");
            }
            Ports[(offset - 0x100) / 0x80].Write(offset & 0x7F, (uint)value);
        }
        else if (offset == 0x04)
        {
            WriteControl((uint)value);
        }
        else if (offset == 0x28)
        {
            _handoff |= (uint)value & 2;
            _handoffEnds = SimulatedMachine.Current.Now + (FirmwareMicroseconds ?? (ulong.MaxValue / 2));
        }
    }

    private void WriteControl(uint value)
    {
        bool wasEnabled = (_control & 0x8000_0000) != 0;
        if ((value & 1) != 0 && !wasEnabled)
        {
            throw new InvalidOperationException("a reset outside AHCI mode");
        }
        if ((value & 1) != 0)
        {
            Resets++;
            _resetEnds = SimulatedMachine.Current.Now + (ResetMicroseconds ?? (ulong.MaxValue / 2));
        }
        // While the reset lasts, GHC.HR cannot be cleared by hand.
        _control = (value & 0x8000_0002) | ((value | (_resetEnds == ulong.MaxValue ? 0 : 1u)) & 1);
    }

    private void Progress()
    {
        ulong now = SimulatedMachine.Current.Now;
        if (now >= _resetEnds)
        {
            _resetEnds = ulong.MaxValue;
            _control = 0;
            foreach (SimulatedAhciPort port in Ports)
            {
                port.ResetByHost();
            }
        }
        if (now >= _handoffEnds)
        {
            _handoffEnds = ulong.MaxValue;
            _handoff &= ~0x11u;
        }
        foreach (SimulatedAhciPort port in Ports)
        {
            port.Progress(now);
        }
    }
}
