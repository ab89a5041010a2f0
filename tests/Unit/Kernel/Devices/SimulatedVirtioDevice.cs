using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using CosmosKdump.Tests.Unit.Kernel.Machine;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>
/// A virtio device over PCI with one queue in use, that follows virtio 1.2, with the modern interface, the legacy one, or
/// both; it throws at a driver that does not follow it.
/// </summary>
internal abstract class SimulatedVirtioDevice : IMmioDevice, IPortDevice
{
    public const ulong Window = 0xFE00_0000;
    public const ushort Ports = 0xC040;

    private const int CommonOffset = 0;
    private const int DeviceOffset = 0x2000;
    private const int NotifyOffset = 0x3000;
    private const int NotifyMultiplier = 4;
    private const int QueueNotifyOffset = 3;

    private readonly SimulatedFunction _function;
    private readonly byte[] _common = new byte[0x38];
    private readonly byte[] _config = new byte[0x40];
    private readonly Queue<int> _accepted = new();
    private ulong _accepts;
    private byte _status;
    private int _legacyQueue;
    private SimulatedVirtqueue? _queue;

    private readonly int _index;

    /// <param name="machine">The machine.</param>
    /// <param name="pci">Its PCI, on which the device is 00:03.0.</param>
    /// <param name="deviceId">PCI device ID.</param>
    /// <param name="queue">Number of the queue.</param>
    /// <param name="isModern">It has the modern interface.</param>
    /// <param name="isLegacy">It has the legacy interface.</param>
    protected SimulatedVirtioDevice(
        SimulatedMachine machine, SimulatedPci pci, ushort deviceId, int queue, bool isModern, bool isLegacy)
    {
        _index = queue;
        _function = pci.Add(0, 3, 0, 0x010000, 0x1AF4);
        _function.Set16(2, deviceId);
        if (isLegacy)
        {
            _function.WithBar(0, Ports, 0x40, isIo: true);
            machine.Add((IPortDevice)this);
        }
        if (isModern)
        {
            _function.WithBar(4, Window, 0x4000, is64: true);
            AddStructure(0x40, 5, 0, 0);
            AddStructure(0x54, 1, CommonOffset, 0x38);
            AddStructure(0x68, 2, NotifyOffset, 0x1000);
            AddStructure(0x80, 4, DeviceOffset, 0x40);
            machine.Add((IMmioDevice)this);
        }
        machine.Paused += Progress;
        IsModern = isModern;
        Features = (1UL << 28) | (isModern ? 1UL << 32 : 0);
    }

    public bool IsModern { get; }

    /// <summary>Features offered.</summary>
    public ulong Features { get; set; }

    public int QueueSize { get; set; } = 256;

    /// <summary>Requests per pause of the driver.</summary>
    public int CompletionsPerPause { get; set; } = 4;

    /// <summary>Features without which the device refuses to work.</summary>
    public ulong Insists { get; set; }

    public bool IgnoresReset { get; set; }

    public bool IsGone { get; set; }

    /// <summary>The driver is asked not to notify.</summary>
    public bool WantsNoNotify { get; set; }

    public ulong Accepted => _accepts;

    public int Notifications { get; private set; }

    public int Resets { get; private set; }

    public int MostAccepted { get; private set; }

    public int LongestChain { get; private set; }

    public Span<byte> Config => _config;

    public void SetConfig32(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_config.AsSpan(offset), value);

    public void SetNeedsReset() => _status |= 0x40;

    /// <summary>As the old kernel left it: in use, with a queue in its memory.</summary>
    public void LeaveRunning()
    {
        _status = 0x0F;
        _queue = new SimulatedVirtqueue(0x80_0000, 0x80_1000, 0x80_2000, 256);
    }

    public bool HasAddress(ulong address) => address >= Window && address < Window + 0x4000;

    public bool HasPort(ushort port) => port >= Ports && port < Ports + 0x40;

    public ulong ReadWindow(ulong address, int width)
    {
        int offset = (int)(address - Window);
        if (IsGone)
        {
            return ulong.MaxValue;
        }
        if (offset >= DeviceOffset)
        {
            return Read(_config, offset - DeviceOffset, width);
        }
        return offset switch
        {
            0x04 => (uint)(Features >> (Read(_common, 0, 4) == 0 ? 0 : 32)),
            0x14 => _status,
            0x18 => Selected ? (ulong)QueueSize : 0,
            0x1E => QueueNotifyOffset,
            _ => Read(_common, offset, width),
        };
    }

    public void WriteWindow(ulong address, int width, ulong value)
    {
        int offset = (int)(address - Window);
        if (offset >= NotifyOffset)
        {
            Notify(offset == NotifyOffset + (QueueNotifyOffset * NotifyMultiplier) ? (int)value : -1);
            return;
        }
        if (offset == 0x18)
        {
            QueueSize = (int)value <= QueueSize ? (int)value : throw new InvalidOperationException("queue size grows");
        }
        for (int i = 0; i < width; i++)
        {
            _common[offset + i] = (byte)(value >> (8 * i));
        }
        switch (offset)
        {
            case 0x0C:
                int shift = Read(_common, 8, 4) == 0 ? 0 : 32;
                Accept((_accepts & ~(0xFFFF_FFFFUL << shift)) | (value << shift));
                break;
            case 0x14:
                SetStatus((byte)value);
                break;
            case 0x1C when value == 1 && Selected:
                _queue = new SimulatedVirtqueue(
                    Read(_common, 0x20, 8),
                    Read(_common, 0x28, 8),
                    Read(_common, 0x30, 8),
                    QueueSize);
                break;
        }
    }

    public uint ReadPort(ushort port, int width)
    {
        int offset = port - Ports;
        if (IsGone)
        {
            return uint.MaxValue;
        }
        return offset switch
        {
            0x00 => (uint)Features,
            0x0C => _legacyQueue == _index ? (uint)QueueSize : 0,
            0x12 => _status,
            >= 0x14 => (uint)Read(_config, offset - 0x14, width),
            _ => 0,
        };
    }

    public void WritePort(ushort port, int width, uint value)
    {
        switch (port - Ports)
        {
            case 0x04:
                Accept(value);
                break;
            case 0x0E:
                _legacyQueue = (int)value;
                break;
            case 0x08 when _legacyQueue == _index:
                ulong table = (ulong)value << 12;
                ulong available = table + ((ulong)QueueSize * 16);
                ulong used = (available + 6 + ((ulong)QueueSize * 2) + 4095) & ~4095UL;
                _queue = new SimulatedVirtqueue(table, available, used, QueueSize);
                break;
            case 0x10:
                Notify((int)value);
                break;
            case 0x12:
                SetStatus((byte)value);
                break;
        }
    }

    /// <summary>Runs a request; false: it is never answered.</summary>
    protected abstract bool Run(List<SimulatedDescriptor> chain);

    /// <summary>What the device forgets in a reset besides.</summary>
    protected virtual void ResetMore()
    {
    }

    private bool Selected => Read(_common, 0x16, 2) == (ulong)_index;

    private static ulong Read(byte[] bytes, int offset, int width)
    {
        ulong value = 0;
        for (int i = width - 1; i >= 0; i--)
        {
            value = (value << 8) | bytes[offset + i];
        }
        return value;
    }

    private void AddStructure(byte offset, byte kind, int at, int length)
    {
        byte[] body = new byte[18];
        body[1] = kind;
        body[2] = 4;
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(6), at);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(10), length);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(14), NotifyMultiplier);
        _function.AddCapability(offset, 9, body);
    }

    private void Accept(ulong features)
    {
        if ((features & ~Features) != 0)
        {
            throw new InvalidOperationException($"features {features & ~Features:x} were not offered");
        }
        _accepts = features;
    }

    private void SetStatus(byte value)
    {
        if (value == 0)
        {
            Resets++;
            if (!IgnoresReset)
            {
                _status = 0;
                _queue = null;
                _accepts = 0;
                _accepted.Clear();
                ResetMore();
            }
            return;
        }
        bool isRefused = (Insists & ~_accepts) != 0 || (IsModern && (_accepts >> 32 & 1) == 0);
        _status = isRefused ? (byte)(value & ~8) : value;
    }

    private void Notify(int queue)
    {
        if (queue != _index)
        {
            throw new InvalidOperationException("a queue that does not exist is notified");
        }
        Notifications++;
        TakeAvailable();
    }

    private void TakeAvailable()
    {
        if (_queue is null || (_status & 0x44) != 4)
        {
            return;
        }
        foreach (int head in _queue.TakeAvailable())
        {
            _accepted.Enqueue(head);
        }
        _queue.SetNoNotify(WantsNoNotify);
        MostAccepted = Math.Max(MostAccepted, _accepted.Count);
    }

    private void Progress()
    {
        if (WantsNoNotify)
        {
            TakeAvailable();
        }
        for (int i = 0; i < CompletionsPerPause && _accepted.Count != 0 && (_status & 0x44) == 4; i++)
        {
            int head = _accepted.Dequeue();
            List<SimulatedDescriptor> chain = _queue!.Chain(head, (_accepts >> 28 & 1) != 0);
            LongestChain = Math.Max(LongestChain, chain.Count);
            if (!_function.IsMaster)
            {
                throw new InvalidOperationException("a request without bus mastering");
            }
            if (Run(chain))
            {
                _queue.Complete(head);
            }
        }
    }
}
