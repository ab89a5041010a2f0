using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Tests.Unit.Kernel.Machine;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>
/// An Intel 82540EM or 82574L as its manual has it, as far as a sender of TCP needs it; it throws at a driver that does
/// otherwise.
/// </summary>
internal sealed class SimulatedE1000 : IMmioDevice
{
    public const ulong Window = 0xFD00_0000;
    public const ulong MacValue = 0x525400ABCDEF;

    private const int Control = 0x0000;
    private const int Receive = 0x2800;
    private const int Transmit = 0x3800;
    private const int ReceiveFilter = 0x5008;
    private const int MultipleReceive = 0x5818;
    private const int TcpChecksumAt = 50;

    private readonly Dictionary<int, uint> _registers = [];
    private readonly SimulatedFunction _function;
    private byte[] _context = new byte[16];
    private List<byte> _frame = [];
    private int _resetLooks;

    public SimulatedE1000(SimulatedMachine machine, SimulatedPci pci, ushort id = 0x10D3)
    {
        _function = pci.Add(0, 3, 0, 0x020000, 0x8086);
        _function.Set16(2, id);
        _function.WithBar(0, Window, 0x20000);
        machine.Add(this);
        // As the old kernel left it: receiving and transmitting by rings in its memory.
        this[0x100] = 0x8002;
        this[0x400] = 0x10;
        this[Receive] = 0x30_0000;
        this[Receive + 8] = 4096;
        this[Receive + 0x18] = 200;
        this[Receive + 0x20] = 64;
        this[ReceiveFilter] = 0x8000;
        this[MultipleReceive] = 1;
        SetMac();
    }

    /// <summary>Frames on the wire, after segmentation and with their checksums.</summary>
    public List<byte[]> Sent { get; } = [];

    /// <summary>Frames stay in flight until <see cref="Complete"/>.</summary>
    public bool IsSlow { get; set; }

    public bool HasCarrier { get; set; } = true;

    public bool IsGone { get; set; }

    public bool IsPhyOff { get; set; }

    /// <summary>The reset does not end.</summary>
    public bool IsStuck { get; set; }

    /// <summary>A reset sets nothing but the address, as with QEMU's before 8.0.</summary>
    public bool KeepsRegisters { get; set; }

    /// <summary>The card's memory has lost its address.</summary>
    public bool ForgetsMac { get; set; }

    public int Resets { get; private set; }

    public bool IsReceiving => (this[0x100] & 2) != 0;

    private uint this[int register]
    {
        get => _registers.GetValueOrDefault(register);
        set => _registers[register] = value;
    }

    /// <summary>Gives a frame to the driver; false when it has left no room.</summary>
    public bool Deliver(byte[] frame, byte errors = 0)
    {
        uint descriptors = this[Receive + 8] / 16;
        bool isFirst = true;
        for (int at = 0; at < frame.Length; at += 2048, isFirst = false)
        {
            uint head = this[Receive + 0x10];
            if (!IsReceiving || head == this[Receive + 0x18] || this[ReceiveFilter] != 0 || this[MultipleReceive] != 0)
            {
                return !isFirst;
            }
            Span<byte> descriptor = Bytes(this[Receive] + (head * 16), 16);
            byte[] part = frame[at..Math.Min(frame.Length, at + 2048)];
            part.CopyTo(Bytes(BinaryPrimitives.ReadUInt64LittleEndian(descriptor), 2048));
            BinaryPrimitives.WriteUInt16LittleEndian(descriptor[8..], (ushort)part.Length);
            descriptor[12] = (byte)(at + 2048 < frame.Length ? 1 : 3);
            descriptor[13] = errors;
            this[Receive + 0x10] = (head + 1) % descriptors;
        }
        return true;
    }

    /// <summary>Sends what is in flight.</summary>
    public void Complete()
    {
        while (this[Transmit + 0x10] != this[Transmit + 0x18])
        {
            uint head = this[Transmit + 0x10];
            Take(Bytes(this[Transmit] + (head * 16), 16));
            this[Transmit + 0x10] = (head + 1) % (this[Transmit + 8] / 16);
        }
    }

    public bool HasAddress(ulong address) => address >= Window && address < Window + 0x20000;

    public ulong ReadWindow(ulong address, int width)
    {
        int offset = (int)(address - Window);
        if (IsGone)
        {
            return uint.MaxValue;
        }
        if (offset == Control && (this[Control] & (1 << 26)) != 0 && !IsStuck && ++_resetLooks > 3)
        {
            this[Control] &= ~(1u << 26);
        }
        return offset == 8 ? HasCarrier ? 2u : 0 : this[offset];
    }

    public void WriteWindow(ulong address, int width, ulong value)
    {
        int offset = (int)(address - Window);
        if (width != 4)
        {
            throw new InvalidOperationException("registers have 32 bits");
        }
        if (offset == Control && (value & (1 << 26)) != 0)
        {
            Reset();
            return;
        }
        this[offset] = (uint)value;
        bool isMaster = _function.IsMaster;
        if ((offset == 0x100 || offset == 0x400) && (value & 2) != 0 && !isMaster)
        {
            throw new InvalidOperationException("begun without bus mastering");
        }
        switch (offset)
        {
            case 0x20:
                bool isWrite = (value >> 26 & 3) == 1;
                IsPhyOff &= !isWrite || (value & 0x800) != 0;
                this[offset] = (1u << 28) | (IsPhyOff ? 0x1940u : 0x1140u);
                break;
            case Transmit + 0x18 when !IsSlow:
                Complete();
                break;
            default:
                break;
        }
    }

    private static Span<byte> Bytes(ulong address, int length) =>
        SimulatedMachine.Current.Memory.AsSpan((int)address, length);

    private void Reset()
    {
        Resets++;
        if (!KeepsRegisters)
        {
            _registers.Clear();
        }
        _resetLooks = 0;
        this[Control] = 1 << 26;
        if (!ForgetsMac)
        {
            SetMac();
        }
    }

    private void SetMac()
    {
        byte[] mac = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(mac, MacValue << 16);
        this[0x5400] = BinaryPrimitives.ReadUInt32LittleEndian(mac);
        this[0x5404] = BinaryPrimitives.ReadUInt16LittleEndian(mac.AsSpan(4)) | (1u << 31);
    }

    private void Take(Span<byte> descriptor)
    {
        uint command = BinaryPrimitives.ReadUInt32LittleEndian(descriptor[8..]);
        bool isExtended = (command & (1 << 29)) != 0;
        if (isExtended && (command >> 20 & 0xF) == 0)
        {
            if (_frame.Count > 0)
            {
                throw new InvalidOperationException("a context in the middle of a frame");
            }
            _context = descriptor.ToArray();
            return;
        }
        int length = (int)(command & (isExtended ? 0xF_FFFFu : 0xFFFF));
        if (length is 0 or > 4096)
        {
            throw new InvalidOperationException($"a descriptor of {length} bytes");
        }
        _frame.AddRange(Bytes(BinaryPrimitives.ReadUInt64LittleEndian(descriptor), length));
        if ((command & (1 << 24)) == 0)
        {
            return;
        }
        if ((command & (1 << 25)) == 0)
        {
            throw new InvalidOperationException("a frame without an FCS");
        }
        Emit([.. _frame], isExtended, (command & (1 << 26)) != 0, descriptor[13]);
        _frame = [];
        if ((command & (1 << 27)) != 0)
        {
            descriptor[12] |= 1;
        }
    }

    private void Emit(byte[] frame, bool isExtended, bool isSegmented, byte options)
    {
        if (!isExtended)
        {
            Sent.Add(frame);
            return;
        }
        byte[] wanted = [14, 24, 33, 0, 34, TcpChecksumAt, 0, 0];
        if (!_context.AsSpan(0, 8).SequenceEqual(wanted) || options != (isSegmented ? 3 : 2))
        {
            throw new InvalidOperationException("offsets that are not those of TCP over IPv4");
        }
        uint command = BinaryPrimitives.ReadUInt32LittleEndian(_context.AsSpan(8));
        int header = isSegmented ? _context[13] : frame.Length;
        int step = isSegmented ? BinaryPrimitives.ReadUInt16LittleEndian(_context.AsSpan(14)) : int.MaxValue;
        if (isSegmented && ((command & 0xF_FFFF) != frame.Length - header || (command & (1 << 26)) == 0))
        {
            throw new InvalidOperationException("a context of another length");
        }
        for (int at = header, number = 0; at == header || at < frame.Length; at += step, number++)
        {
            int end = isSegmented ? Math.Min(at + step, frame.Length) : frame.Length;
            byte[] part = [.. frame.AsSpan(0, header), .. frame.AsSpan(at, end - at)];
            if (isSegmented)
            {
                Count(part, number, number * step, isLast: end == frame.Length);
            }
            // The sum begins with what the driver put there, so that a wrong one shows on the wire.
            Sum(part, 34, part.Length, TcpChecksumAt);
            Sent.Add(part);
            if (!isSegmented)
            {
                return;
            }
        }
    }

    private static void Count(byte[] part, int number, int done, bool isLast)
    {
        BinaryPrimitives.WriteUInt16BigEndian(part.AsSpan(16), (ushort)(part.Length - 14));
        ushort identification = BinaryPrimitives.ReadUInt16BigEndian(part.AsSpan(18));
        BinaryPrimitives.WriteUInt16BigEndian(part.AsSpan(18), (ushort)(identification + number));
        Sum(part, 14, 34, 24);
        uint sequence = BinaryPrimitives.ReadUInt32BigEndian(part.AsSpan(38));
        BinaryPrimitives.WriteUInt32BigEndian(part.AsSpan(38), sequence + (uint)done);
        part[47] &= isLast ? (byte)0xFF : (byte)0xF6;
        uint begin = BinaryPrimitives.ReadUInt16BigEndian(part.AsSpan(TcpChecksumAt)) + (uint)(part.Length - 34);
        BinaryPrimitives.WriteUInt16BigEndian(part.AsSpan(TcpChecksumAt), (ushort)((begin & 0xFFFF) + (begin >> 16)));
    }

    private static void Sum(byte[] part, int start, int end, int at)
    {
        uint sum = 0;
        for (int i = start; i < end; i++)
        {
            sum += (i - start) % 2 == 0 ? (uint)part[i] << 8 : part[i];
        }
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(part.AsSpan(at), (ushort)~sum);
    }
}
