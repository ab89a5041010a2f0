using System;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Block;

/// <summary>
/// A disk over any controller: keeps requests in flight, waits with deadlines, and collects failures. Every wait ends
/// with a completion, of which there are only so many, or breaks the disk until <see cref="Recover"/>.
/// </summary>
internal struct Disk<TUnit> : IDiskDriver
    where TUnit : struct, IDiskUnit
{
    private const int NoSlot = -1;

    private TUnit _unit;
    private PciDevice _device;
    private DiskGeometry _geometry;
    private RequestSlots _slots;
    private FailedWrites _failed;
    private Status _broken;
    private int _unitIndex;
    private int _waitedSlot;
    private Status _waitedStatus;
    private int _failuresTold;
    private bool _isFlushing;

    /// <inheritdoc/>
    public readonly int UnitCount => _unit.UnitCount;

    /// <inheritdoc/>
    public readonly uint BlockBytes => _geometry.BlockBytes;

    /// <inheritdoc/>
    public readonly ulong BlockCount => _geometry.BlockCount;

    /// <inheritdoc/>
    public readonly uint MaxBlocksPerRequest => _geometry.MaxBlocksPerRequest;

    /// <inheritdoc/>
    public readonly bool IsReadOnly => _geometry.IsReadOnly;

    /// <inheritdoc/>
    public readonly bool Supports(in PciDevice device) => _unit.Supports(device);

    /// <inheritdoc/>
    public Status Start(in PciDevice device, in DmaRegion region)
    {
        this = default;
        _unit = default;
        _device = device;
        return Settle(_unit.Start(device, region));
    }

    /// <inheritdoc/>
    public Status SelectUnit(int index)
    {
        if (_broken == Status.DeviceGone && index != _unitIndex)
        {
            // It was one unit that went, perhaps, and not the controller.
            _broken = Settle(_unit.Restart());
        }
        if (_broken != Status.Ok)
        {
            return _broken;
        }
        if ((uint)index >= (uint)UnitCount)
        {
            return Status.NoDevice;
        }
        _failed.Clear();
        _failuresTold = 0;
        _unitIndex = index;
        Status status = Select();
        if (status is Status.DeviceTimeout or Status.DeviceFailed or Status.DeviceGone)
        {
            _broken = status;
        }
        return status;
    }

    /// <inheritdoc/>
    public Status Read(ulong block, ulong address, uint blockCount)
    {
        BlockWrite request = new(block, address, blockCount);
        Status status = _geometry.Check(request);
        return status == Status.Ok
            ? RunAndWait(RequestKind.Read, request, DiskDeadline.RequestMilliseconds)
            : status;
    }

    /// <inheritdoc/>
    /// <remarks><see cref="Status.TooManyEntries"/>: failures must be taken first; the write was not queued.</remarks>
    public Status Submit(in BlockWrite write)
    {
        Status status = _geometry.Check(write);
        if (status == Status.Ok)
        {
            status = IsReadOnly ? Status.WriteProtected : WaitForSlot();
        }
        if (status == Status.Ok && _failed.IsNearFull)
        {
            status = Status.TooManyEntries;
        }
        if (status != Status.Ok)
        {
            return status;
        }
        _unit.Push(RequestKind.Write, _slots.Take(write), write);
        // An idle device starts at once; a busy one is told of several at a time.
        if (_unit.Unannounced >= DiskDeadline.BatchRequests || _slots.InFlight <= DiskDeadline.BatchRequests)
        {
            _unit.Announce();
        }
        Reap();
        return Status.Ok;
    }

    /// <inheritdoc/>
    public Status Drain()
    {
        Status status = _broken;
        while (status == Status.Ok && !_slots.IsEmpty)
        {
            status = WaitForCompletion(DiskDeadline.RequestMilliseconds);
        }
        return status;
    }

    /// <inheritdoc/>
    public Status Flush()
    {
        if (!_unit.HasWriteCache)
        {
            return _broken;
        }
        _isFlushing = true;
        Status status = RunAndWait(RequestKind.Flush, default, DiskDeadline.FlushMilliseconds);
        _isFlushing = false;
        return status;
    }

    /// <inheritdoc/>
    public bool TryTakeFailure(out BlockWrite write, out Status why) => _failed.TryTake(out write, out why);

    /// <inheritdoc/>
    public Status Recover()
    {
        if (_broken == Status.NoDevice)
        {
            return _broken;
        }
        Status why = _broken == Status.Ok ? Status.DeviceTimeout : _broken;
        for (int slot = _slots.FirstInFlight(); slot >= 0; slot = _slots.FirstInFlight())
        {
            BlockWrite write = _slots.Release(slot);
            if (slot != _waitedSlot)
            {
                _failed.Add(write, why);
            }
        }
        DiskGeometry before = _geometry;
        Status status = Settle(_unit.Restart());
        if (status == Status.Ok && before.BlockCount != 0)
        {
            status = Select();
        }
        if (status == Status.Ok && !before.IsSameMedium(_geometry))
        {
            status = Status.DeviceFailed;
        }
        _broken = status;
        return status;
    }

    /// <inheritdoc/>
    public void Stop()
    {
        _unit.Stop();
        _broken = Status.NoDevice;
    }

    // Units may differ in what they have in flight.
    private Status Select()
    {
        Status status = _unit.Select(_unitIndex, out _geometry);
        _slots.Reset(_unit.SlotCount);
        return status;
    }

    private Status Settle(Status started)
    {
        _broken = started;
        _waitedSlot = NoSlot;
        if (started == Status.Ok)
        {
            _slots.Reset(_unit.SlotCount);
        }
        else
        {
            Tell("start"u8, started);
        }
        return started;
    }

    private Status RunAndWait(RequestKind kind, in BlockWrite request, uint timeoutMilliseconds)
    {
        Status status = WaitForSlot();
        if (status != Status.Ok)
        {
            return status;
        }
        _waitedSlot = _slots.Take(request);
        _unit.Push(kind, _waitedSlot, request);
        while (status == Status.Ok && _waitedSlot != NoSlot)
        {
            status = WaitForCompletion(timeoutMilliseconds);
        }
        return status == Status.Ok ? _waitedStatus : status;
    }

    private Status WaitForSlot()
    {
        Status status = _broken;
        while (status == Status.Ok && _slots.IsFull)
        {
            status = WaitForCompletion(DiskDeadline.RequestMilliseconds);
        }
        return status;
    }

    private Status WaitForCompletion(uint timeoutMilliseconds)
    {
        _unit.Announce();
        Deadline end = Deadline.AfterMilliseconds(timeoutMilliseconds);
        Deadline look = Deadline.AfterMilliseconds(DiskDeadline.HealthMilliseconds);
        while (true)
        {
            // Looked at before the queue, so that a stall in between does not cost the last look.
            bool isLast = end.HasPassed;
            if (Reap() != 0)
            {
                return Status.Ok;
            }
            if (isLast || look.HasPassed)
            {
                Status health = _unit.Health();
                if (health == Status.Ok && isLast)
                {
                    health = Status.DeviceTimeout;
                }
                if (health != Status.Ok)
                {
                    _broken = health;
                    Tell("waiting for requests"u8, health);
                    return health;
                }
                look = Deadline.AfterMilliseconds(DiskDeadline.HealthMilliseconds);
                if (_isFlushing)
                {
                    // A flush does not tell how far it is. Its deadline bounds what is taken for progress here.
                    CaptureProgress.Made();
                }
            }
            Cpu.Pause();
        }
    }

    // Takes what has completed; returns how many requests ended. Results that name no request count for nothing.
    private int Reap()
    {
        int ended = 0;
        for (int i = 0; i < RequestSlots.Most && _unit.TryPop(out RequestResult result); i++)
        {
            if (_slots.IsInFlight(result.Slot))
            {
                End(result);
                ended++;
            }
        }
        if (ended != 0)
        {
            _unit.Release(_slots.IsEmpty);
        }
        return ended;
    }

    private void End(in RequestResult result)
    {
        BlockWrite request = _slots.Release((int)result.Slot);
        if (result.Status == Status.Ok)
        {
            CaptureProgress.Made();
        }
        if (result.Status != Status.Ok && _failuresTold < DiskDeadline.FailuresTold)
        {
            _failuresTold++;
            Tell(request, result.DeviceCode);
        }
        if ((int)result.Slot == _waitedSlot)
        {
            _waitedSlot = NoSlot;
            _waitedStatus = result.Status;
        }
        else if (result.Status != Status.Ok)
        {
            _failed.Add(request, result.Status);
        }
    }

    private readonly void Tell(in BlockWrite request, uint deviceCode)
    {
        Span<byte> buffer = stackalloc byte[DeviceLog.LineBytes];
        TextLine line = new(buffer);
        DeviceLog.Begin(ref line, _unit.Name, _device);
        line.Add("request failed at block "u8);
        line.AddDecimal(request.Block);
        line.Add(" +"u8);
        line.AddDecimal(request.BlockCount);
        line.Add(": device code "u8);
        line.AddHex(deviceCode);
        DeviceLog.End(ref line);
    }

    private readonly void Tell(ReadOnlySpan<byte> step, Status status) =>
        DeviceLog.WriteStatus(_unit.Name, _device, step, status);
}
