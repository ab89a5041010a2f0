using System;
using System.Numerics;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Block;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Virtio;

/// <summary>A virtio block device (virtio 1.2, 5.2), modern or legacy.</summary>
internal struct VirtioBlockUnit : IDiskUnit
{
    /// <summary>DMA memory needed, bytes.</summary>
    public const int RegionBytes = VirtioLayout.RegionBytes;

    // struct virtio_blk_config (5.2.4).
    private const uint ConfigCapacity = 0;
    private const uint ConfigSizeMax = 8;
    private const uint ConfigSegmentMax = 12;
    private const uint ConfigBlockSize = 20;

    // Requests (5.2.6). Sectors have 512 bytes whatever the block size.
    private const uint RequestIn = 0;
    private const uint RequestOut = 1;
    private const uint RequestFlush = 4;
    private const uint HeaderBytes = 16;
    private const uint SectorBytes = 512;
    private const byte ResultOk = 0;
    private const byte ResultUnsupported = 2;
    private const byte ResultPending = 0xFF;

    private DmaRegion _region;
    private VirtioDevice _device;
    private VirtioQueue _queue;
    private DiskGeometry _geometry;
    private ulong _features;
    private uint _segmentBytes;
    private int _segments;

    /// <inheritdoc/>
    public readonly ReadOnlySpan<byte> Name => "virtio-blk"u8;

    /// <inheritdoc/>
    public readonly int UnitCount => _device.IsOpen ? 1 : 0;

    /// <inheritdoc/>
    public int SlotCount { get; private set; }

    /// <inheritdoc/>
    public readonly bool HasWriteCache => Has(VirtioFeature.BlockFlush);

    /// <inheritdoc/>
    public readonly int Unannounced => _queue.Unpublished;

    private readonly bool IsIndirect => Has(VirtioFeature.IndirectDescriptors);

    /// <inheritdoc/>
    public readonly bool Supports(in PciDevice device) => device.VendorId == VirtioRegister.Vendor
        && device.DeviceId is VirtioRegister.TransitionalBlock or VirtioRegister.ModernBlock;

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
        return status == Status.Ok ? Restart() : status;
    }

    /// <inheritdoc/>
    public Status Restart()
    {
        Status status = _device.Begin(VirtioFeature.Understood, out _features);
        status = status == Status.Ok ? _device.Accept(_features) : status;
        if (status != Status.Ok)
        {
            return status;
        }
        ReadGeometry();
        return _device.Run(OpenQueue());
    }

    /// <inheritdoc/>
    public readonly Status Select(int index, out DiskGeometry geometry)
    {
        geometry = _geometry;
        return _geometry.BlockCount == 0 ? Status.DeviceUnsupported : Status.Ok;
    }

    /// <inheritdoc/>
    public void Push(RequestKind kind, int slot, in BlockWrite request)
    {
        int record = VirtioLayout.Records + (slot * VirtioLayout.RecordBytes);
        uint type = kind switch
        {
            RequestKind.Read => RequestIn,
            RequestKind.Write => RequestOut,
            _ => RequestFlush,
        };
        _region.Write64(record, type);
        _region.Write64(record + 8, kind == RequestKind.Flush ? 0 : request.Block * (_geometry.BlockBytes / SectorBytes));
        _region.Write8(record + VirtioLayout.RecordStatus, ResultPending);

        int head = IsIndirect ? slot : slot * (_segments + 2);
        int table = IsIndirect
            ? VirtioLayout.Tables + (slot * VirtioLayout.TableBytes)
            : VirtioLayout.Queue + (head * VirtioLayout.DescriptorBytes);
        int firstIndex = IsIndirect ? 0 : head;
        int count = DescribeChain(table, firstIndex, record, kind, request);
        if (IsIndirect)
        {
            _queue.Describe(
                VirtioLayout.Queue + (head * VirtioLayout.DescriptorBytes),
                _region.Address + (uint)table,
                (uint)(count * VirtioLayout.DescriptorBytes),
                VirtioQueue.DescriptorIndirect,
                0);
        }
        _queue.Add(head);
    }

    /// <inheritdoc/>
    public void Announce()
    {
        if (_queue.Publish())
        {
            _device.Notify();
        }
    }

    /// <inheritdoc/>
    public bool TryPop(out RequestResult result)
    {
        if (!_queue.TryTake(out uint head))
        {
            result = default;
            return false;
        }
        uint chain = IsIndirect ? 1 : (uint)(_segments + 2);
        uint slot = head % chain == 0 && head / chain < (uint)SlotCount ? head / chain : uint.MaxValue;
        if (slot == uint.MaxValue)
        {
            result = new RequestResult(slot, Status.RequestFailed, 0);
            return true;
        }
        byte code = _region.Read8(VirtioLayout.Records + ((int)slot * VirtioLayout.RecordBytes) + VirtioLayout.RecordStatus);
        Status status = code switch
        {
            ResultOk => Status.Ok,
            ResultUnsupported => Status.DeviceUnsupported,
            _ => Status.RequestFailed,
        };
        result = new RequestResult(slot, status, code);
        return true;
    }

    /// <inheritdoc/>
    public readonly void Release(bool isIdle)
    {
        // A used ring entry is free as soon as it was read.
    }

    /// <inheritdoc/>
    public readonly Status Health() => _device.Health;

    /// <inheritdoc/>
    public void Stop() => _device.Stop();

    private readonly bool Has(ulong feature) => (_features & feature) != 0;

    private void ReadGeometry()
    {
        uint blockBytes = Has(VirtioFeature.BlockSize) ? _device.ReadConfig32(ConfigBlockSize) : SectorBytes;
        _geometry = default;
        if (blockBytes is not (512 or 4096))
        {
            return;
        }
        _segments = 1;
        _segmentBytes = VirtioLayout.MaxTransferBytes;
        if (Has(VirtioFeature.BlockSizeMax))
        {
            uint sizeMax = _device.ReadConfig32(ConfigSizeMax);
            uint segmentMax = Has(VirtioFeature.BlockSegmentMax) ? _device.ReadConfig32(ConfigSegmentMax) : 1;
            _segmentBytes = Math.Min(sizeMax, VirtioLayout.MaxTransferBytes) / blockBytes * blockBytes;
            uint useful = _segmentBytes == 0 ? 1 : (VirtioLayout.MaxTransferBytes + _segmentBytes - 1) / _segmentBytes;
            _segments = (int)Math.Max(1, Math.Min(Math.Min(segmentMax, useful), VirtioLayout.MaxSegments));
        }
        uint mostBytes = Math.Min(_segmentBytes * (uint)_segments, VirtioLayout.MaxTransferBytes);
        ulong blocks = _device.ReadConfig64(ConfigCapacity) / (blockBytes / SectorBytes);
        if (mostBytes >= blockBytes)
        {
            _geometry = new DiskGeometry(blockBytes, blocks, mostBytes / blockBytes, Has(VirtioFeature.BlockReadOnly));
        }
    }

    private Status OpenQueue()
    {
        int offered = _device.SelectQueue();
        int chain = _segments + 2;
        // A chain, indirect ones too, must not be longer than the queue (2.7.5.3.1), whose size is a power of two (2.7).
        bool isTooLarge = _device.HasFixedQueues && offered > VirtioLayout.MaxLegacyQueue;
        if (offered < chain || isTooLarge || !BitOperations.IsPow2((uint)offered))
        {
            return Status.DeviceUnsupported;
        }
        int size = _device.HasFixedQueues ? offered : Math.Min(offered, VirtioLayout.MaxModernQueue);
        SlotCount = Math.Min(RequestSlots.Most, IsIndirect ? size : size / chain);
        _queue.Reset(_region, size);
        return _device.EnableQueue(in _queue);
    }

    // Header, data, status: each in its own descriptor, as legacy devices insist (5.2.6.4).
    private readonly int DescribeChain(int table, int firstIndex, int record, RequestKind kind, in BlockWrite request)
    {
        int count = 0;
        Link(table, firstIndex, ref count, _region.Address + (uint)record, HeaderBytes, VirtioQueue.DescriptorNext);
        if (kind != RequestKind.Flush)
        {
            ushort flags = VirtioQueue.DescriptorNext;
            if (kind == RequestKind.Read)
            {
                flags |= VirtioQueue.DescriptorWrite;
            }
            ulong address = request.Address;
            uint left = request.BlockCount * _geometry.BlockBytes;
            while (left != 0)
            {
                uint length = Math.Min(left, _segmentBytes);
                Link(table, firstIndex, ref count, address, length, flags);
                address += length;
                left -= length;
            }
        }
        ulong status = _region.Address + (uint)(record + VirtioLayout.RecordStatus);
        Link(table, firstIndex, ref count, status, 1, VirtioQueue.DescriptorWrite);
        return count;
    }

    private readonly void Link(int table, int firstIndex, ref int count, ulong address, uint lengthBytes, ushort flags)
    {
        bool goesOn = (flags & VirtioQueue.DescriptorNext) != 0;
        int next = goesOn ? firstIndex + count + 1 : 0;
        _queue.Describe(table + (count * VirtioLayout.DescriptorBytes), address, lengthBytes, flags, (ushort)next);
        count++;
    }
}
