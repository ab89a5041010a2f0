using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Tests.Unit.Kernel.Machine;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>
/// A virtio network device with the modern interface, that follows virtio 1.2; it throws at a driver that does not.
/// </summary>
internal sealed class SimulatedVirtioNet : IMmioDevice
{
    public const ulong Window = 0xFE00_0000;

    private const int DeviceOffset = 0x2000;
    private const int NotifyOffset = 0x3000;
    private const int HeaderBytes = 12;

    private readonly byte[] _common = new byte[0x38];
    private readonly byte[] _config = [0x52, 0x54, 0, 1, 2, 3, 1, 0, 1, 0, 0xDC, 5];
    private readonly SimulatedVirtqueue?[] _queues = new SimulatedVirtqueue?[2];
    private readonly Queue<int> _room = new();
    private readonly Queue<int> _sending = new();
    private ulong _accepts;
    private byte _status;

    public SimulatedVirtioNet(SimulatedMachine machine, SimulatedPci pci)
    {
        SimulatedFunction function = pci.Add(0, 3, 0, 0x020000, 0x1AF4);
        function.Set16(2, 0x1041);
        function.WithBar(4, Window, 0x4000, is64: true);
        Add(function, 0x54, 1, 0, 0x38);
        Add(function, 0x68, 2, NotifyOffset, 0x1000);
        Add(function, 0x80, 4, DeviceOffset, 0x40);
        machine.Add(this);
    }

    public ulong Features { get; set; } = (1UL << 32) | (1 << 16) | (1 << 11) | (1 << 5) | (1 << 3) | 1;

    public int QueueSize { get; set; } = 256;

    public bool HasCarrier
    {
        set => _config[6] = value ? (byte)1 : (byte)0;
    }

    /// <summary>Headers and frames that were sent.</summary>
    public List<(byte[] Header, byte[] Frame)> Sent { get; } = [];

    /// <summary>Frames stay in flight until <see cref="Complete"/>.</summary>
    public bool IsSlow { get; set; }

    public int Resets { get; private set; }

    public ulong Accepted => _accepts;

    public int Room => _room.Count;

    public void SetNeedsReset() => _status |= 0x40;

    /// <summary>Gives a frame to the driver; false when it has left no room.</summary>
    public bool Deliver(byte[] frame, int? saysBytes = null)
    {
        if (!_room.TryDequeue(out int head))
        {
            return false;
        }
        List<SimulatedDescriptor> chain = _queues[0]!.Chain(head, mayBeIndirect: false);
        if (chain.Count != 2 || chain[0].Length != HeaderBytes || chain.Any(part => !part.IsWritable))
        {
            throw new InvalidOperationException("a receive buffer that is no header and frame");
        }
        frame.CopyTo(Bytes(chain[1].Address, chain[1].Length));
        _queues[0]!.Complete(head, saysBytes ?? HeaderBytes + frame.Length);
        return true;
    }

    /// <summary>Sends what is in flight, the last first if asked for.</summary>
    public void Complete(bool isReversed = false)
    {
        int[] heads = isReversed ? [.. _sending.Reverse()] : [.. _sending];
        _sending.Clear();
        foreach (int head in heads)
        {
            List<SimulatedDescriptor> chain = _queues[1]!.Chain(head, mayBeIndirect: false);
            if (chain[0].Length != HeaderBytes || chain.Any(part => part.IsWritable))
            {
                throw new InvalidOperationException("a frame without a header of its own");
            }
            byte[] frame = [.. chain.Skip(1).SelectMany(part => Bytes(part.Address, part.Length).ToArray())];
            Sent.Add((Bytes(chain[0].Address, HeaderBytes).ToArray(), frame));
            _queues[1]!.Complete(head);
        }
    }

    public bool HasAddress(ulong address) => address >= Window && address < Window + 0x4000;

    public ulong ReadWindow(ulong address, int width)
    {
        int offset = (int)(address - Window);
        if (offset >= DeviceOffset)
        {
            offset -= DeviceOffset;
            return offset + width <= _config.Length ? Read(_config, offset, width) : 0;
        }
        return offset switch
        {
            0x04 => (uint)(Features >> (Read(_common, 0, 4) == 0 ? 0 : 32)),
            0x14 => _status,
            0x18 => (ulong)QueueSize,
            0x1E => Read(_common, 0x16, 2),
            _ => Read(_common, offset, width),
        };
    }

    public void WriteWindow(ulong address, int width, ulong value)
    {
        int offset = (int)(address - Window);
        if (offset >= NotifyOffset)
        {
            Notify((offset - NotifyOffset) / 4);
            return;
        }
        for (int i = 0; i < width; i++)
        {
            _common[offset + i] = (byte)(value >> (8 * i));
        }
        switch (offset)
        {
            case 0x0C:
                int shift = Read(_common, 8, 4) == 0 ? 0 : 32;
                _accepts = (_accepts & ~(0xFFFF_FFFFUL << shift)) | (value << shift);
                break;
            case 0x14 when value == 0:
                Resets++;
                _status = 0;
                _accepts = 0;
                _queues[0] = _queues[1] = null;
                break;
            case 0x14:
                bool isRefused = (_accepts & ~Features) != 0 || (_accepts >> 32 & 1) == 0;
                _status = isRefused ? (byte)(value & ~8UL) : (byte)value;
                break;
            case 0x1C when value == 1:
                _queues[(int)Read(_common, 0x16, 2)] = new SimulatedVirtqueue(
                    Read(_common, 0x20, 8), Read(_common, 0x28, 8), Read(_common, 0x30, 8), (int)Read(_common, 0x18, 2));
                break;
        }
    }

    private static Span<byte> Bytes(ulong address, int length) =>
        SimulatedMachine.Current.Memory.AsSpan((int)address, length);

    private static ulong Read(byte[] bytes, int offset, int width)
    {
        ulong value = 0;
        for (int i = width - 1; i >= 0; i--)
        {
            value = (value << 8) | bytes[offset + i];
        }
        return value;
    }

    private static void Add(SimulatedFunction function, byte offset, byte kind, int at, int length)
    {
        byte[] body = new byte[18];
        body[1] = kind;
        body[2] = 4;
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(6), at);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(10), length);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(14), 4);
        function.AddCapability(offset, 9, body);
    }

    private void Notify(int queue)
    {
        if ((_status & 4) == 0)
        {
            throw new InvalidOperationException("notified before DRIVER_OK");
        }
        foreach (int head in _queues[queue]!.TakeAvailable())
        {
            (queue == 0 ? _room : _sending).Enqueue(head);
        }
        if (queue == 1 && !IsSlow)
        {
            Complete();
        }
    }
}
