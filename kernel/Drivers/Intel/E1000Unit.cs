using System;
using System.Buffers.Binary;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Net;
using CosmosKdump.Kernel.Drivers.Net;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Intel;

/// <summary>
/// Intel's gigabit cards of the 8254x and 82574 families, one pair of rings. They checksum and segment, so that they read
/// what is sent from wherever it lies.
/// </summary>
internal struct E1000Unit : INetworkDriver
{
    /// <summary>DMA memory needed, bytes.</summary>
    public const int RegionBytes = E1000Layout.RegionBytes;

    private const ushort Vendor = 0x8086;
    private const int RegisterBar = 0;
    private const int LooksPerCheck = 4096;
    private const uint SettleMilliseconds = 1;

    // Offsets in a frame: of the IP header, its length and checksum, of TCP's header and checksum.
    private const int IpAt = EthernetFrame.HeaderBytes;
    private const int IpLengthAt = IpAt + 2;
    private const int IpChecksumAt = IpAt + 10;
    private const int TcpAt = IpAt + Ipv4Packet.HeaderBytes;
    private const int TcpChecksumAt = TcpAt + 16;

    private PciDevice _device;
    private DmaRegion _region;
    private Mmio _registers;
    private int _tail;
    private int _announced;
    private int _used;
    private int _nextFrame;
    private int _receive;
    private int _looks;
    private bool _isInside;
    private bool _isOpen;

    /// <inheritdoc/>
    public readonly ReadOnlySpan<byte> Name => "e1000"u8;

    /// <inheritdoc/>
    public MacAddress Mac { get; private set; }

    /// <inheritdoc/>
    public readonly int MtuBytes => 1500;

    /// <inheritdoc/>
    public readonly bool IsUp => (Read(E1000Register.State) & E1000Register.StateLinkUp) != 0;

    /// <inheritdoc/>
    public readonly bool HasChecksumOffload => true;

    /// <inheritdoc/>
    public readonly int MostSegmentedBytes => E1000Layout.MostSegmented;

    /// <inheritdoc/>
    public readonly int MostPieces => E1000Layout.MostPieces;

    /// <inheritdoc/>
    public readonly int FreeFrames => Math.Min(
        E1000Layout.Frames - FramesInFlight,
        (E1000Layout.TransmitRing - 1 - _used) / E1000Layout.FrameDescriptors);

    /// <inheritdoc/>
    public int FramesInFlight { get; private set; }

    /// <inheritdoc/>
    public readonly Span<byte> NextFrame => _region.Bytes(SentAt(_nextFrame), EthernetFrame.HeaderBytes + MtuBytes);

    /// <inheritdoc/>
    public readonly bool Supports(in PciDevice device) => device.VendorId == Vendor && IsKnown(device.DeviceId);

    /// <inheritdoc/>
    public Status Start(in PciDevice device, in DmaRegion region)
    {
        this = default;
        _device = device;
        _region = region;
        if (region.Length < RegionBytes || region.Address % Limits.PageBytes != 0)
        {
            return Status.BufferTooSmall;
        }
        Status status = PciBar.Read(device, RegisterBar, out PciBar bar);
        if (status == Status.Ok && (bar.IsIo || bar.LengthBytes < E1000Register.WindowBytes))
        {
            status = Status.DeviceUnsupported;
        }
        status = status == Status.Ok ? PciControl.Wake(device) : status;
        status = status == Status.Ok
            ? PhysicalMap.MapDevice(bar.Address, E1000Register.WindowBytes, out _registers)
            : status;
        _isOpen = status == Status.Ok;
        status = status == Status.Ok ? BringUp() : status;
        if (status != Status.Ok)
        {
            PciControl.Disable(device);
        }
        return status;
    }

    /// <inheritdoc/>
    public void Send(int headBytes, ReadOnlySpan<LinkPiece> pieces, LinkOffload offload, int segmentBytes)
    {
        int frame = _nextFrame;
        int first = _used;
        uint command = 0;
        uint options = 0;
        if (offload != LinkOffload.None)
        {
            bool isSegmented = offload == LinkOffload.TcpSegmentation;
            command = E1000Descriptor.Data | (isSegmented ? E1000Descriptor.Segmented : 0);
            options = E1000Descriptor.InsertTcp | (isSegmented ? E1000Descriptor.InsertIp : 0);
            AddContext(frame, headBytes, pieces, isSegmented ? segmentBytes : 0);
        }
        ulong head = _region.Address + (uint)SentAt(frame);
        Add(head, (uint)headBytes | command | (pieces.Length == 0 ? E1000Descriptor.Last : 0), options);
        for (int i = 0; i < pieces.Length; i++)
        {
            AddPiece(pieces[i], command, options, i == pieces.Length - 1);
        }
        int entry = E1000Layout.FrameTable + (frame * 4);
        _region.Write16(entry, (ushort)((_tail + E1000Layout.TransmitRing - 1) % E1000Layout.TransmitRing));
        _region.Write16(entry + 2, (ushort)(_used - first));
        _nextFrame = (frame + 1) % E1000Layout.Frames;
        FramesInFlight++;
    }

    /// <inheritdoc/>
    public void Announce()
    {
        if (_announced != _tail)
        {
            _announced = _tail;
            // The descriptors are in memory before the device hears of them.
            Cpu.StoreFence();
            Write(E1000Register.TransmitRing + E1000Register.RingTail, (uint)_tail);
        }
    }

    /// <inheritdoc/>
    public Status Poll()
    {
        // Frames are sent in their order.
        while (FramesInFlight > 0)
        {
            int oldest = (_nextFrame + E1000Layout.Frames - FramesInFlight) % E1000Layout.Frames;
            int entry = E1000Layout.FrameTable + (oldest * 4);
            int last = E1000Layout.Transmit + (_region.Read16(entry) * E1000Descriptor.Bytes);
            if ((_region.Read8(last + E1000Descriptor.StatusAt) & E1000Descriptor.Done) == 0)
            {
                break;
            }
            _used -= _region.Read16(entry + 2);
            FramesInFlight--;
        }
        _looks++;
        return _looks % LooksPerCheck == 0 && Read(E1000Register.State) == E1000Register.Gone ? Status.DeviceGone : Status.Ok;
    }

    /// <inheritdoc/>
    public int Receive(Span<byte> frame)
    {
        for (int i = 0; i < E1000Layout.ReceiveRing; i++)
        {
            int descriptor = E1000Layout.Receive + (_receive * E1000Descriptor.Bytes);
            byte status = _region.Read8(descriptor + E1000Descriptor.StatusAt);
            if ((status & E1000Descriptor.Done) == 0)
            {
                return 0;
            }
            int length = _region.Read16(descriptor + E1000Descriptor.CommandAt);
            // A frame that is longer than one buffer is none of ours.
            bool isWhole = (status & E1000Descriptor.ReceivedEnd) != 0 && !_isInside
                && _region.Read8(descriptor + E1000Descriptor.ReceivedErrorsAt) == 0 && length <= frame.Length;
            _isInside = (status & E1000Descriptor.ReceivedEnd) == 0;
            if (isWhole)
            {
                _region.Bytes(ReceivedAt(_receive), length).CopyTo(frame);
            }
            _region.Write64(descriptor + E1000Descriptor.CommandAt, 0);
            // It is the device's again; one is always left between tail and head.
            Cpu.StoreFence();
            Write(E1000Register.ReceiveRing + E1000Register.RingTail, (uint)_receive);
            _receive = (_receive + 1) % E1000Layout.ReceiveRing;
            if (isWhole)
            {
                return length;
            }
        }
        return 0;
    }

    /// <inheritdoc/>
    public void Stop()
    {
        if (_isOpen)
        {
            // A request of the card that the reset cuts off may stop its bus.
            PciControl.Disable(_device);
            Deadline settled = Deadline.AfterMilliseconds(SettleMilliseconds);
            while (!settled.HasPassed)
            {
                Cpu.Pause();
            }
            E1000Reset.Run(in _registers);
            _isOpen = false;
        }
    }

    // I217 and I218: their PHY has other addresses, and is shared with the firmware. It stays as it is.
    private static bool IsInChipset(ushort id) => id >= 0x153A;

    // 82540EM and 82545EM, which virtual machines show, 82574L and 82583V, and those of the chipsets that have the same
    // registers: I217 and I218. Not I219, which hangs when it is reset with descriptors in its rings.
    private static bool IsKnown(ushort id) => id
        is 0x100E or 0x100F or 0x10D3 or 0x10F6 or 0x150C
        or 0x153A or 0x153B or 0x155A or 0x1559 or 0x15A0 or 0x15A1 or 0x15A2 or 0x15A3;

    private static int SentAt(int frame) => E1000Layout.Sent + (frame * E1000Layout.SentBytes);

    private static int ReceivedAt(int index) => E1000Layout.Received + (index * E1000Layout.ReceivedBytes);

    private readonly uint Read(uint register) => _registers.Read32(register);

    private readonly void Write(uint register, uint value) => _registers.Write32(register, value);

    // 8254x, 14.3 to 14.5; 82574, 4.6.
    private Status BringUp()
    {
        if (Read(E1000Register.State) == E1000Register.Gone)
        {
            return Status.DeviceGone;
        }
        ulong before = ReadMac();
        Status status = E1000Reset.Run(in _registers);
        if (status == Status.Ok)
        {
            // Only now: what the old kernel had queued is forgotten.
            status = PciControl.Enable(_device);
        }
        if (status != Status.Ok)
        {
            return status;
        }
        // The reset reads the address from the card's own memory; what is there no more may still be known.
        ulong mac = ReadMac();
        Mac = new MacAddress(mac != 0 ? mac : before);
        if (!Mac.IsStation)
        {
            return Status.DeviceUnsupported;
        }
        if (mac == 0)
        {
            WriteMac();
        }
        uint control = Read(E1000Register.Control);
        control &= ~E1000Register.ControlForced;
        Write(E1000Register.Control, control | E1000Register.ControlSetLinkUp);
        if (!IsInChipset(_device.DeviceId))
        {
            E1000Phy.Wake(in _registers);
        }
        _region.Bytes(0, E1000Layout.Received).Clear();
        for (int i = 0; i < E1000Layout.ReceiveRing; i++)
        {
            _region.Write64(
                E1000Layout.Receive + (i * E1000Descriptor.Bytes), _region.Address + (uint)ReceivedAt(i));
        }
        OpenRing(E1000Register.ReceiveRing, E1000Layout.Receive, E1000Layout.ReceiveRing);
        OpenRing(E1000Register.TransmitRing, E1000Layout.Transmit, E1000Layout.TransmitRing);
        E1000Reset.ClearWhatStayed(in _registers, hasFilters: _device.DeviceId is not (0x100E or 0x100F));
        Write(E1000Register.TransmitGap, E1000Register.TransmitGapCopper);
        Write(E1000Register.TransmitControl, E1000Register.TransmitFrames);
        Write(E1000Register.ReceiveControl, E1000Register.ReceiveFrames);
        Write(E1000Register.ReceiveRing + E1000Register.RingTail, E1000Layout.ReceiveRing - 1);
        return Status.Ok;
    }

    private readonly void OpenRing(uint registers, int offset, int descriptors)
    {
        ulong address = _region.Address + (uint)offset;
        Write(registers, (uint)address);
        Write(registers + E1000Register.RingAddressHigh, (uint)(address >> 32));
        Write(registers + E1000Register.RingLength, (uint)(descriptors * E1000Descriptor.Bytes));
        Write(registers + E1000Register.RingHead, 0);
        Write(registers + E1000Register.RingTail, 0);
    }

    private readonly ulong ReadMac()
    {
        uint high = Read(E1000Register.AddressHigh);
        ulong value = BinaryPrimitives.ReverseEndianness(Read(E1000Register.AddressLow) | ((ulong)(high & 0xFFFF) << 32));
        return (high & E1000Register.AddressValid) != 0 ? value >> 16 : 0;
    }

    private readonly void WriteMac()
    {
        ulong value = BinaryPrimitives.ReverseEndianness(Mac.Value << 16);
        Write(E1000Register.AddressLow, (uint)value);
        Write(E1000Register.AddressHigh, (uint)(value >> 32) | E1000Register.AddressValid);
    }

    // 8254x, 3.3.6; 82574, 7.2.10.1. For segments, the header's lengths are the card's to fill in, and TCP's sum begins
    // without one (8254x, 3.5.7).
    private void AddContext(int frame, int headBytes, ReadOnlySpan<LinkPiece> pieces, int segmentBytes)
    {
        int payload = 0;
        for (int i = 0; i < pieces.Length; i++)
        {
            payload += pieces[i].LengthBytes;
        }
        uint command = E1000Descriptor.Context | E1000Descriptor.ContextTcpV4;
        uint segments = 0;
        if (segmentBytes > 0)
        {
            Span<byte> head = _region.Bytes(SentAt(frame), headBytes);
            BinaryPrimitives.WriteUInt16BigEndian(head[IpLengthAt..], 0);
            BinaryPrimitives.WriteUInt16BigEndian(head[IpChecksumAt..], 0);
            uint sum = BinaryPrimitives.ReadUInt16BigEndian(head[TcpChecksumAt..]);
            sum += ushort.MaxValue - (uint)(headBytes - TcpAt + payload);
            sum = (sum & ushort.MaxValue) + (sum >> 16);
            BinaryPrimitives.WriteUInt16BigEndian(head[TcpChecksumAt..], (ushort)sum);
            command |= E1000Descriptor.Segmented | (uint)payload;
            segments = ((uint)segmentBytes << 16) | ((uint)headBytes << 8);
        }
        const ulong Ip = IpAt | (IpChecksumAt << 8) | ((TcpAt - 1) << 16);
        const ulong Tcp = TcpAt | (TcpChecksumAt << 8);
        Add(Ip | (Tcp << 32), command, segments);
    }

    private void AddPiece(LinkPiece piece, uint command, uint options, bool isLast)
    {
        for (int done = 0; done < piece.LengthBytes;)
        {
            int length = Math.Min(E1000Descriptor.MostBytes, piece.LengthBytes - done);
            bool isEnd = isLast && done + length == piece.LengthBytes;
            Add(piece.Address + (uint)done, (uint)length | command | (isEnd ? E1000Descriptor.Last : 0), options);
            done += length;
        }
    }

    private void Add(ulong address, uint command, uint options)
    {
        int descriptor = E1000Layout.Transmit + (_tail * E1000Descriptor.Bytes);
        _region.Write64(descriptor, address);
        _region.Write32(descriptor + E1000Descriptor.CommandAt, command);
        _region.Write32(descriptor + E1000Descriptor.StatusAt, options);
        _tail = (_tail + 1) % E1000Layout.TransmitRing;
        _used++;
    }
}
