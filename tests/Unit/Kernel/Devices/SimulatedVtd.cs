using System;
using System.Collections.Generic;
using CosmosKdump.Tests.Unit.Kernel.Machine;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>A VT-d unit that takes a command when somebody waits for it, and notes what is against the rules.</summary>
internal sealed class SimulatedVtd : IMmioDevice
{
    public const uint Translation = 1u << 31;
    public const uint Queue = 1u << 26;
    public const uint Interrupts = 1u << 25;
    public const uint RootTable = 1u << 30;
    public const uint Linux = Translation | RootTable | Queue | Interrupts | (1u << 24);

    // Those that begin something each time they are written (VT-d 4.1, 11.4.4.1).
    private const uint OneShot = 0x6900_0000;
    private readonly ulong _address;
    private uint _command;
    private uint _protected;
    private uint _head;

    public SimulatedVtd(SimulatedMachine machine, ulong address, uint status = Linux)
    {
        _address = address;
        Status = status;
        _command = status;
        machine.Add(this);
        machine.Paused += Work;
    }

    public uint Status { get; private set; }

    public uint Version { get; set; } = 0x10;

    /// <summary>Bits of the status that do not go.</summary>
    public uint Stuck { get; set; }

    /// <summary>Protected regions are on: bit 31 the wish, bit 0 the state.</summary>
    public uint Protected
    {
        get => _protected;
        set => _protected = value;
    }

    /// <summary>The queue has work left, which it does while somebody waits.</summary>
    public uint Tail { get; set; }

    /// <summary>The queue stopped at an error.</summary>
    public bool IsQueueStopped { get; set; }

    public int Writes { get; private set; }

    /// <summary>What was against the rules.</summary>
    public List<string> Faults { get; } = [];

    public bool HasAddress(ulong address) => address >= _address && address < _address + 4096;

    public ulong ReadWindow(ulong address, int width) => (address - _address) switch
    {
        0x00 => Version,
        0x1C => Status,
        0x64 => _protected,
        0x80 => _head,
        0x88 => Tail,
        _ => 0,
    };

    public void WriteWindow(ulong address, int width, ulong value)
    {
        Writes++;
        switch (address - _address)
        {
            case 0x18:
                Command((uint)value);
                break;
            case 0x64:
                _protected = ((uint)value & ~1u) | (_protected & 1);
                break;
            default:
                Faults.Add($"write to {address - _address:x}");
                break;
        }
    }

    private void Command(uint value)
    {
        if ((value & OneShot) != 0)
        {
            Faults.Add($"command {value:x} begins something");
        }
        if (Status != ((_command | (Status & OneShot)) | (Status & Stuck)))
        {
            Faults.Add($"command {value:x} before the last was done");
        }
        uint changed = (value ^ Status) & ~OneShot;
        if ((changed & (changed - 1)) != 0)
        {
            Faults.Add($"command {value:x} changes several functions of {Status:x}");
        }
        if ((changed & Queue) != 0 && _head != Tail && !IsQueueStopped)
        {
            Faults.Add("the queue was switched off with work in it");
        }
        _command = value;
    }

    private void Work()
    {
        Status = (_command & ~OneShot) | (Status & OneShot) | (Status & Stuck);
        _protected = (_protected & ~1u) | (_protected >> 31);
        if (!IsQueueStopped)
        {
            _head = Tail;
        }
    }
}
