using System.Collections.Generic;
using CosmosKdump.Tests.Unit.Kernel.Machine;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>A 16550A at a port, with a FIFO that empties as fast as the driver looks at it.</summary>
internal sealed class SimulatedUart : IPortDevice
{
    private readonly ushort _port;
    private readonly byte[] _registers = new byte[8];
    private int _fifo;
    private ushort _divisor;

    public SimulatedUart(SimulatedMachine machine, ushort port)
    {
        _port = port;
        machine.Add(this);
    }

    /// <summary>What went out over the line.</summary>
    public List<byte> Sent { get; } = [];

    public Queue<byte> Received { get; } = new();

    /// <summary>Bytes that still go out; none: nothing takes them any more.</summary>
    public int Accepts { get; set; } = int.MaxValue;

    public bool HasFifo { get; set; } = true;

    public bool HasScratch { get; set; } = true;

    /// <summary>Looks at the line status.</summary>
    public int Looks { get; private set; }

    /// <summary>Bytes written while the FIFO was full.</summary>
    public int Overruns { get; private set; }

    public ushort Divisor
    {
        get => _divisor;
        set => _divisor = value;
    }

    public byte LineControl => _registers[3];

    public byte InterruptEnable => _registers[1];

    private bool IsDivisorSelected => (_registers[3] & 0x80) != 0;

    public bool HasPort(ushort port) => port >= _port && port < _port + 8;

    public uint ReadPort(ushort port, int width)
    {
        int register = port - _port;
        return register switch
        {
            0 when IsDivisorSelected => (byte)_divisor,
            1 when IsDivisorSelected => (byte)(_divisor >> 8),
            0 => Received.TryDequeue(out byte next) ? next : 0u,
            2 => HasFifo && (_registers[2] & 1) != 0 ? 0xC1u : 0x01u,
            5 => LineStatus(),
            _ => _registers[register],
        };
    }

    public void WritePort(ushort port, int width, uint value)
    {
        int register = port - _port;
        if (IsDivisorSelected && register < 2)
        {
            int shift = register * 8;
            _divisor = (ushort)((_divisor & ~(0xFF << shift)) | ((byte)value << shift));
        }
        else if (register == 0)
        {
            Overruns += _fifo == (HasFifo ? 16 : 1) ? 1 : 0;
            _fifo++;
            Sent.Add((byte)value);
        }
        else if (register != 7 || HasScratch)
        {
            _registers[register] = (byte)value;
        }
    }

    private uint LineStatus()
    {
        Looks++;
        if (_fifo <= Accepts)
        {
            Accepts -= _fifo;
            _fifo = 0;
        }
        return (_fifo == 0 && Accepts != 0 ? 0x60u : 0) | (Received.Count != 0 ? 1u : 0);
    }
}
