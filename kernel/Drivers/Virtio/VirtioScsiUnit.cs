using System;
using System.Numerics;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Block;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Drivers.Scsi;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Virtio;

/// <summary>The disks behind a virtio SCSI controller, one of them in use at a time.</summary>
internal struct VirtioScsiUnit : IDiskUnit
{
    /// <summary>DMA memory needed, bytes.</summary>
    public const int RegionBytes = VirtioScsiLayout.RegionBytes;

    // A request that the unit puts off is sent again for half a second.
    private const uint AgainMilliseconds = 10;
    private const int MostAgain = 50;
    private const int NoSlot = -1;

    private VirtioScsiController _controller;
    private VirtioScsiSearch _search;
    private VirtioScsiAddress _unit;
    private ulong _inFlight;
    private ulong _putOff;
    private Deadline _again;
    private int _flushSlot;
    private uint _blockBytes;
    private bool _isLong;
    private bool _isUnitGone;

    /// <inheritdoc/>
    public readonly ReadOnlySpan<byte> Name => "virtio-scsi"u8;

    /// <inheritdoc/>
    public readonly int UnitCount => _search.Count;

    /// <inheritdoc/>
    public readonly int SlotCount => _controller.SlotCount;

    /// <inheritdoc/>
    public bool HasWriteCache { get; private set; }

    /// <inheritdoc/>
    public readonly int Unannounced => _controller.Unannounced;

    /// <inheritdoc/>
    public readonly bool Supports(in PciDevice device) => device.VendorId == VirtioRegister.Vendor
        && device.DeviceId is VirtioRegister.TransitionalScsi or VirtioRegister.ModernScsi;

    /// <inheritdoc/>
    public Status Start(in PciDevice device, in DmaRegion region)
    {
        this = default;
        _flushSlot = NoSlot;
        Status status = _controller.Start(device, region);
        if (status == Status.Ok)
        {
            status = _search.Run(ref _controller);
        }
        if (status != Status.Ok)
        {
            _controller.Stop();
        }
        return status;
    }

    /// <inheritdoc/>
    public Status Restart()
    {
        _inFlight = 0;
        _putOff = 0;
        _isUnitGone = false;
        return _controller.Restart();
    }

    /// <inheritdoc/>
    public Status Select(int index, out DiskGeometry geometry)
    {
        _unit = _search[index];
        geometry = default;
        var question = new VirtioScsiQuestion(_unit);
        Status status = question.WaitUntilReady(ref _controller);
        ScsiCapacity capacity = default;
        uint mostBytes = 0;
        ScsiModeFacts facts = default;
        if (status == Status.Ok)
        {
            status = question.ReadCapacity(ref _controller, out capacity);
        }
        if (status == Status.Ok)
        {
            status = question.ReadLimits(ref _controller, capacity.BlockBytes, out mostBytes);
        }
        if (status == Status.Ok)
        {
            status = question.ReadMode(ref _controller, out facts);
        }
        if (status != Status.Ok)
        {
            return status;
        }
        _blockBytes = capacity.BlockBytes;
        // Every disk knows the short commands; not every one that could do without knows the long ones.
        _isLong = capacity.BlockCount > ScsiCommand.ShortBlocks;
        HasWriteCache = facts.HasWriteCache;
        geometry = new DiskGeometry(
            capacity.BlockBytes, capacity.BlockCount, mostBytes / capacity.BlockBytes, facts.IsReadOnly, _unit.Id);
        return Status.Ok;
    }

    /// <inheritdoc/>
    public void Push(RequestKind kind, int slot, in BlockWrite request)
    {
        Span<byte> command = _controller.Command(slot);
        bool isWrite = kind == RequestKind.Write;
        uint lengthBytes = kind == RequestKind.Flush ? 0 : request.BlockCount * _blockBytes;
        if (kind == RequestKind.Flush)
        {
            ScsiCommand.SynchronizeCache(command);
            _flushSlot = slot;
        }
        else
        {
            ScsiCommand.Transfer(command, isWrite, _isLong, request.Block, request.BlockCount);
            _flushSlot = _flushSlot == slot ? NoSlot : _flushSlot;
        }
        _controller.Push(slot, _unit, isWrite, request.Address, lengthBytes);
        _inFlight |= 1UL << slot;
    }

    /// <inheritdoc/>
    public void Announce() => _controller.Announce();

    /// <inheritdoc/>
    public bool TryPop(out RequestResult result)
    {
        SendPutOff();
        // Bounded: what is put off or lost leaves the queue.
        for (int i = 0; i < RequestSlots.Most && _controller.TryTake(out uint slot); i++)
        {
            bool isOurs = slot < RequestSlots.Most && (_inFlight & ~_putOff & (1UL << (int)slot)) != 0;
            if (!isOurs)
            {
                result = new RequestResult(uint.MaxValue, Status.RequestFailed, 0);
                return true;
            }
            VirtioScsiResult end = _controller.Result((int)slot);
            if (end.IsNobody)
            {
                // Nothing more will come from this unit; Health tells.
                _isUnitGone = true;
                continue;
            }
            if (end.MayBeSentAgain && _controller.MaySendAgain((int)slot, MostAgain))
            {
                _putOff |= 1UL << (int)slot;
                _again = Deadline.AfterMilliseconds(AgainMilliseconds);
                continue;
            }
            _inFlight &= ~(1UL << (int)slot);
            result = new RequestResult(slot, StatusOf((int)slot, end), end.Code);
            return true;
        }
        result = default;
        return false;
    }

    /// <inheritdoc/>
    public readonly void Release(bool isIdle)
    {
        // A used ring entry is free as soon as it was read.
    }

    /// <inheritdoc/>
    public readonly Status Health() => _isUnitGone ? Status.DeviceGone : _controller.Health();

    /// <inheritdoc/>
    public void Stop() => _controller.Stop();

    private readonly Status StatusOf(int slot, in VirtioScsiResult end)
    {
        if (slot == _flushSlot)
        {
            // A unit that has no such command has no cache.
            return end.Sense.IsIllegalRequest ? Status.Ok : end.Status;
        }
        return end.Status == Status.Ok && end.ResidualBytes != 0 ? Status.RequestFailed : end.Status;
    }

    private void SendPutOff()
    {
        if (_putOff == 0 || !_again.HasPassed)
        {
            return;
        }
        for (; _putOff != 0; _putOff &= _putOff - 1)
        {
            _controller.Send(BitOperations.TrailingZeroCount(_putOff));
        }
        _controller.Announce();
    }
}
