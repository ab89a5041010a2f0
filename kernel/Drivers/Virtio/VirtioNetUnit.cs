using System;
using System.Numerics;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Net;
using CosmosKdump.Kernel.Drivers.Net;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Virtio;

/// <summary>
/// A virtio network device over PCI (virtio 1.2, 5.1), modern or legacy, with one pair of queues. A frame's header has a
/// descriptor of its own, as legacy devices insist (5.1.6.6).
/// </summary>
internal struct VirtioNetUnit : INetworkDriver
{
    /// <summary>DMA memory needed, bytes.</summary>
    public const int RegionBytes = VirtioNetLayout.RegionBytes;

    private const int ReceiveQueue = 0;
    private const int TransmitQueue = 1;
    private const int MostMtuBytes = 1500;
    private const int LeastMtuBytes = 576;

    // struct virtio_net_config (5.1.4).
    private const uint ConfigMac = 0;
    private const uint ConfigStatus = 4;
    private const int ConfigStatusShift = 16;
    private const uint ConfigMtu = 8;
    private const int ConfigMtuShift = 16;
    private const uint StatusLinkUp = 1;

    // struct virtio_net_hdr (5.1.6); num_buffers only with VIRTIO_F_VERSION_1.
    private const uint LegacyHeaderBytes = 10;
    private const uint HeaderBytes = 12;
    private const byte HeaderNeedsChecksum = 1;
    private const byte SegmentTcpV4 = 1;
    private const ushort ChecksumStart = EthernetFrame.HeaderBytes + Ipv4Packet.HeaderBytes;
    private const ushort ChecksumOffset = 16;

    // An IP packet has at most 65535 bytes.
    private const int MostSegmented = 65535 - Ipv4Packet.HeaderBytes - TcpSegment.HeaderBytes;

    // A look at the device's status costs an exit from a virtual machine.
    private const int LooksPerCheck = 4096;

    private DmaRegion _region;
    private VirtioDevice _device;
    private VirtioQueue _receive;
    private VirtioQueue _transmit;
    private VirtioFreeFrames _free;
    private ulong _features;
    private int _chain;
    private int _frames;
    private int _looks;

    /// <inheritdoc/>
    public readonly ReadOnlySpan<byte> Name => "virtio-net"u8;

    /// <inheritdoc/>
    public MacAddress Mac { get; private set; }

    /// <inheritdoc/>
    public int MtuBytes { get; private set; }

    /// <inheritdoc/>
    public readonly bool IsUp =>
        !Has(VirtioFeature.NetStatus)
        || ((_device.ReadConfig32(ConfigStatus) >> ConfigStatusShift) & StatusLinkUp) != 0;

    /// <inheritdoc/>
    public readonly bool HasChecksumOffload => Has(VirtioFeature.NetChecksum);

    /// <inheritdoc/>
    public readonly int MostSegmentedBytes => Has(VirtioFeature.NetTso4) ? MostSegmented : 0;

    /// <inheritdoc/>
    public readonly int MostPieces => VirtioNetLayout.PieceChain - 2;

    /// <inheritdoc/>
    public int FreeFrames { get; private set; }

    /// <inheritdoc/>
    public readonly int FramesInFlight => _frames - FreeFrames;

    /// <inheritdoc/>
    public readonly Span<byte> NextFrame =>
        _region.Bytes(SentAt(_free[FreeFrames - 1]), EthernetFrame.HeaderBytes + MtuBytes);

    private readonly uint NetHeaderBytes => Has(VirtioFeature.Version1) ? HeaderBytes : LegacyHeaderBytes;

    /// <inheritdoc/>
    public readonly bool Supports(in PciDevice device) => device.VendorId == VirtioRegister.Vendor
        && device.DeviceId is VirtioRegister.TransitionalNet or VirtioRegister.ModernNet;

    /// <inheritdoc/>
    public Status Start(in PciDevice device, in DmaRegion region)
    {
        this = default;
        _region = region;
        if (region.Length < RegionBytes || region.Address % Limits.PageBytes != 0)
        {
            return Status.BufferTooSmall;
        }
        Status status = _device.Open(device);
        return status == Status.Ok ? BringUp() : status;
    }

    /// <inheritdoc/>
    public void Send(int headBytes, ReadOnlySpan<LinkPiece> pieces, LinkOffload offload, int segmentBytes)
    {
        FreeFrames--;
        int frame = _free[FreeFrames];
        int header = VirtioNetLayout.SentHeaders + (frame * VirtioNetLayout.HeaderBytes);
        _region.Bytes(header, VirtioNetLayout.HeaderBytes).Clear();
        if (offload != LinkOffload.None)
        {
            _region.Write8(header, HeaderNeedsChecksum);
            _region.Write16(header + 6, ChecksumStart);
            _region.Write16(header + 8, ChecksumOffset);
        }
        if (offload == LinkOffload.TcpSegmentation)
        {
            _region.Write8(header + 1, SegmentTcpV4);
            _region.Write16(header + 2, (ushort)headBytes);
            _region.Write16(header + 4, (ushort)segmentBytes);
        }
        int first = frame * _chain;
        Describe(in _transmit, first, _region.Address + (uint)header, NetHeaderBytes, isLast: false, 0);
        ulong head = _region.Address + (uint)SentAt(frame);
        Describe(in _transmit, first + 1, head, (uint)headBytes, pieces.Length == 0, 0);
        for (int i = 0; i < pieces.Length; i++)
        {
            LinkPiece piece = pieces[i];
            bool isLast = i == pieces.Length - 1;
            Describe(in _transmit, first + 2 + i, piece.Address, (uint)piece.LengthBytes, isLast, 0);
        }
        _transmit.Add(first);
    }

    /// <inheritdoc/>
    public void Announce()
    {
        if (_transmit.Publish())
        {
            _device.Notify(TransmitQueue);
        }
    }

    /// <inheritdoc/>
    public Status Poll()
    {
        while (FreeFrames < _frames && _transmit.TryTake(out uint head))
        {
            // What the device says is not believed further than it does no harm.
            uint frame = head / (uint)_chain;
            if (frame >= (uint)_frames)
            {
                return Status.DeviceFailed;
            }
            _free[FreeFrames++] = (byte)frame;
        }
        _looks++;
        return _looks % LooksPerCheck == 0 ? _device.Health : Status.Ok;
    }

    /// <inheritdoc/>
    public int Receive(Span<byte> frame)
    {
        while (_receive.TryTake(out uint head, out uint length))
        {
            uint index = head / 2;
            if (index >= VirtioNetLayout.ReceiveFrames)
            {
                continue;
            }
            uint payload = length - NetHeaderBytes;
            bool isTaken = payload <= VirtioNetLayout.FrameBytes && payload <= (uint)frame.Length && payload != 0;
            if (isTaken)
            {
                _region.Bytes(ReceivedAt((int)index), (int)payload).CopyTo(frame);
            }
            _receive.Add((int)index * 2);
            PublishReceive();
            if (isTaken)
            {
                return (int)payload;
            }
        }
        return 0;
    }

    /// <inheritdoc/>
    public void Stop() => _device.Stop();

    private static int SentAt(int frame) => VirtioNetLayout.Sent + (frame * VirtioNetLayout.FrameBytes);

    private static int ReceivedAt(int frame) => VirtioNetLayout.Received + (frame * VirtioNetLayout.FrameBytes);

    private readonly bool Has(ulong feature) => (_features & feature) != 0;

    private Status BringUp()
    {
        Status status = _device.Begin(VirtioFeature.NetUnderstood, out _features);
        if (!Has(VirtioFeature.NetChecksum))
        {
            _features &= ~VirtioFeature.NetTso4;
        }
        status = status == Status.Ok ? _device.Accept(_features) : status;
        if (status != Status.Ok)
        {
            return status;
        }
        ReadConfig();
        status = OpenQueue(ReceiveQueue, VirtioNetLayout.ReceiveQueue, ref _receive);
        status = status == Status.Ok ? OpenQueue(TransmitQueue, VirtioNetLayout.TransmitQueue, ref _transmit) : status;
        status = _device.Run(status);
        if (status != Status.Ok)
        {
            return status;
        }
        _chain = HasChecksumOffload ? VirtioNetLayout.PieceChain : 2;
        int most = HasChecksumOffload ? VirtioNetLayout.PieceFrames : VirtioNetLayout.TransmitFrames;
        _frames = Math.Min(most, _transmit.Size / _chain);
        for (int i = 0; i < _frames; i++)
        {
            _free[FreeFrames++] = (byte)i;
        }
        int frames = Math.Min(VirtioNetLayout.ReceiveFrames, _receive.Size / 2);
        for (int i = 0; i < frames; i++)
        {
            ulong header = _region.Address
                + (uint)(VirtioNetLayout.ReceivedHeaders + (i * VirtioNetLayout.HeaderBytes));
            ulong frame = _region.Address + (uint)ReceivedAt(i);
            Describe(in _receive, i * 2, header, NetHeaderBytes, isLast: false, VirtioQueue.DescriptorWrite);
            Describe(
                in _receive, (i * 2) + 1, frame, VirtioNetLayout.FrameBytes, isLast: true, VirtioQueue.DescriptorWrite);
            _receive.Add(i * 2);
        }
        PublishReceive();
        return _device.Health;
    }

    private void PublishReceive()
    {
        if (_receive.Publish())
        {
            _device.Notify(ReceiveQueue);
        }
    }

    private void ReadConfig()
    {
        // Bytes of the address in the order of the wire; without one of its own, a device gets one of those that
        // administrators give (IEEE 802, 8.4).
        ulong low = _device.ReadConfig32(ConfigMac);
        ulong high = _device.ReadConfig32(ConfigMac + 4) & 0xFFFF;
        ulong bytes = low | (high << 32);
        ulong mac = 0;
        for (int i = 0; i < MacAddress.Bytes; i++)
        {
            mac = (mac << 8) | ((bytes >> (8 * i)) & 0xFF);
        }
        Mac = Has(VirtioFeature.NetMac) ? new MacAddress(mac) : new MacAddress(0x02_4B_44_55_4D_50);
        uint mtu = Has(VirtioFeature.NetMtu) ? _device.ReadConfig32(ConfigMtu) >> ConfigMtuShift : MostMtuBytes;
        MtuBytes = (int)Math.Max(Math.Min(mtu, MostMtuBytes), LeastMtuBytes);
    }

    private Status OpenQueue(int index, int offset, ref VirtioQueue queue)
    {
        int offered = _device.SelectQueue(index);
        bool isTooLarge = _device.HasFixedQueues && offered > VirtioNetLayout.MaxQueue;
        if (offered < VirtioNetLayout.LeastQueue || isTooLarge || !BitOperations.IsPow2((uint)offered))
        {
            return Status.DeviceUnsupported;
        }
        queue.Reset(
            _region.Slice(offset, VirtioNetLayout.QueueBytes), Math.Min(offered, VirtioNetLayout.MaxQueue));
        return _device.EnableQueue(in queue, index);
    }

    private static void Describe(
        in VirtioQueue queue, int index, ulong address, uint lengthBytes, bool isLast, ushort flags)
    {
        flags |= isLast ? (ushort)0 : VirtioQueue.DescriptorNext;
        queue.Describe(
            index * VirtioLayout.DescriptorBytes, address, lengthBytes, flags, (ushort)(isLast ? 0 : index + 1));
    }
}
