using System;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Block;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Ahci;

/// <summary>
/// The disks of an AHCI controller, one of them in use at a time. ATA knows no write protection: a disk that takes no
/// writes fails them.
/// </summary>
internal struct AhciUnit : IDiskUnit
{
    /// <summary>DMA memory needed, bytes.</summary>
    public const int RegionBytes = AhciLayout.RegionBytes;

    // Serial ATA, AHCI (PCI class codes, 01h 06h 01h).
    private const uint ClassCode = 0x010601;
    private const uint ClassMask = 0xFFFFFF;

    // Of a disk that spins up for it.
    private const uint SpinUpMilliseconds = 30_000;
    private const uint IdentifyMilliseconds = 10_000;

    private AhciController _controller;
    private AhciQueue _queue;
    private AhciBounce _bounce;
    private AhciPortNumbers _units;
    private DmaRegion _region;
    private uint _blockBytes;
    private int _queueDepth;

    /// <inheritdoc/>
    public readonly ReadOnlySpan<byte> Name => "ahci"u8;

    /// <inheritdoc/>
    public int UnitCount { get; private set; }

    /// <inheritdoc/>
    public int SlotCount { get; private set; }

    /// <inheritdoc/>
    public bool HasWriteCache { get; private set; }

    /// <inheritdoc/>
    public readonly int Unannounced => _queue.Pending;

    /// <inheritdoc/>
    public readonly bool Supports(in PciDevice device) => device.IsClass(ClassCode, ClassMask);

    /// <inheritdoc/>
    public Status Start(in PciDevice device, in DmaRegion region)
    {
        this = default;
        SlotCount = 1;
        if (region.Length < RegionBytes || region.Address % Limits.PageBytes != 0)
        {
            return Status.BufferTooSmall;
        }
        Status status = _controller.Map(device);
        if (status == Status.Ok)
        {
            _region = _bounce.Choose(region, _controller.Has64BitAddresses);
            status = _controller.Restart();
        }
        if (status == Status.Ok)
        {
            FindUnits();
            return Status.Ok;
        }
        PciControl.Disable(device);
        LowDmaMemory.Return();
        return status;
    }

    /// <inheritdoc/>
    public Status Restart() => _controller.Restart();

    /// <inheritdoc/>
    public Status Select(int index, out DiskGeometry geometry)
    {
        geometry = default;
        int number = _units[index];
        _ = _queue.Port.Stop();
        Status status = _queue.Open(_controller.Port(number), _region, _controller.Ready);
        if (status != Status.Ok)
        {
            return status;
        }
        _queue.Port.StartCommands();
        status = Identify(out AtaFacts facts);
        if (status != Status.Ok)
        {
            // A disk that cannot be asked is none; its port stays out of the way.
            _ = _queue.Port.Stop();
            return status;
        }
        _blockBytes = facts.BlockBytes;
        HasWriteCache = facts.HasWriteCache;
        int slots = (int)(_controller.Capabilities >> AhciRegister.SlotCountShift & 0x1F) + 1;
        bool isQueued = (_controller.Capabilities & AhciRegister.HasNativeQueuing) != 0;
        _queueDepth = isQueued ? Math.Min(facts.QueueDepth, slots) : 0;
        status = TryOut();
        if (status != Status.Ok)
        {
            return status;
        }
        // Without a queue of its own the device takes one command at a time.
        SlotCount = Math.Max(1, Math.Min(_queueDepth, _bounce.Slots));
        geometry = new DiskGeometry(
            facts.BlockBytes, facts.BlockCount, _bounce.MaxTransferBytes / facts.BlockBytes, false, (uint)number);
        return Status.Ok;
    }

    /// <inheritdoc/>
    public void Push(RequestKind kind, int slot, in BlockWrite request)
    {
        if (kind == RequestKind.Flush)
        {
            AhciCommand.Describe(_region, slot, slot, new AtaTaskFile(AtaCommand.FlushCacheExt), false, 0, 0);
            _queue.Add(slot, isQueued: false);
            return;
        }
        bool isWrite = kind == RequestKind.Write;
        uint lengthBytes = request.BlockCount * _blockBytes;
        if (_bounce.Map(slot, request.Address, lengthBytes, isWrite, out ulong address) != Status.Ok)
        {
            _queue.AddFailed(slot);
            return;
        }
        AtaTaskFile file = File(isWrite, slot, request.Block, request.BlockCount);
        AhciCommand.Describe(_region, slot, slot, file, isWrite, address, lengthBytes);
        _queue.Add(slot, _queueDepth != 0);
    }

    /// <inheritdoc/>
    public void Announce() => _queue.Issue();

    /// <inheritdoc/>
    public bool TryPop(out RequestResult result)
    {
        bool popped = _queue.TryTake(out int slot, out Status status);
        if (popped)
        {
            _bounce.End(slot, status);
        }
        result = new RequestResult((uint)slot, status, _queue.ErrorCode);
        return popped;
    }

    /// <inheritdoc/>
    public readonly void Release(bool isIdle)
    {
        // A slot is free as soon as its bit is clear.
    }

    /// <inheritdoc/>
    public Status Health() => _queue.Check();

    /// <inheritdoc/>
    public void Stop()
    {
        _controller.Stop();
        LowDmaMemory.Return();
    }

    private readonly AtaTaskFile File(bool isWrite, int slot, ulong block, uint blockCount)
    {
        ushort count = (ushort)blockCount;
        if (_queueDepth == 0)
        {
            return new AtaTaskFile(isWrite ? AtaCommand.WriteDmaExt : AtaCommand.ReadDmaExt, 0, block, count);
        }
        // The count is where others have their features, and the tag where they have their count (ACS-3, 7.63.2).
        return new AtaTaskFile(
            isWrite ? AtaCommand.WriteQueued : AtaCommand.ReadQueued, count, block, (ushort)(slot << 3));
    }

    /// <summary>
    /// Reads a block before any request: a disk that stands still takes longer for its first than any may, and where
    /// queued commands do not work, the dump goes on without. That the block may be bad is no matter here. QEMU 7.2, too,
    /// wants one queued command to itself: it counts those that its reset cut off as the next ones' successes.
    /// </summary>
    private Status TryOut()
    {
        Status status = _queue.Execute(File(false, 0, 0, 1), _blockBytes, SpinUpMilliseconds, _queueDepth != 0);
        if (status != Status.RequestFailed)
        {
            return status;
        }
        status = _queueDepth == 0 ? Status.Ok : _queue.ResetDevice();
        _queueDepth = 0;
        if (status == Status.Ok)
        {
            status = _queue.Port.StopCommands();
        }
        if (status == Status.Ok)
        {
            _queue.Port.StartCommands();
        }
        return status;
    }

    // Ports whose device is a disk, or does not say what it is: Select asks it again.
    private void FindUnits()
    {
        for (int i = 0; i < AhciRegister.MaxPorts; i++)
        {
            if (!_controller.HasPort(i) || !_controller.Port(i).IsUp)
            {
                continue;
            }
            Status status = _queue.Open(_controller.Port(i), _region, _controller.Ready);
            uint signature = _queue.Port.Read(AhciPortRegister.Signature);
            _ = _queue.Port.Stop();
            if (status != Status.Ok)
            {
                TellPort(i, "device does not get ready"u8);
            }
            else if (signature is AtaCommand.DiskSignature or AhciRegister.Gone)
            {
                _units[UnitCount++] = (byte)i;
                continue;
            }
            else
            {
                TellPort(i, signature switch
                {
                    AtaCommand.PacketSignature => "ATAPI device, skipped"u8,
                    AtaCommand.MultiplierSignature => "port multiplier, not supported"u8,
                    _ => "not a disk, skipped"u8,
                });
            }
        }
    }

    private Status Identify(out AtaFacts facts)
    {
        facts = default;
        Status status = Ask(new AtaTaskFile(AtaCommand.Identify), IdentifyMilliseconds);
        ReadOnlySpan<byte> answer = _region.Bytes(AhciLayout.Answer, AhciLayout.AnswerBytes);
        if (status == Status.Ok && AtaFacts.WaitsForSpinUp(answer))
        {
            _ = _queue.Execute(new AtaTaskFile(AtaCommand.SetFeatures, AtaCommand.FeatureSpinUp), 0, SpinUpMilliseconds);
            status = Ask(new AtaTaskFile(AtaCommand.Identify), IdentifyMilliseconds);
        }
        if (status != Status.Ok)
        {
            return status;
        }
        status = AtaFacts.Parse(answer, out facts);
        Introduce(answer);
        return status;
    }

    // Only a disk answers IDENTIFY DEVICE.
    private readonly Status Ask(in AtaTaskFile file, uint milliseconds)
    {
        Status status = _queue.Execute(file, AhciLayout.AnswerBytes, milliseconds);
        return status == Status.RequestFailed ? Status.DeviceUnsupported : status;
    }

    private readonly void Introduce(ReadOnlySpan<byte> answer)
    {
        Span<byte> model = stackalloc byte[AtaFacts.ModelBytes];
        TellPort(_queue.Port.Number, model.Slice(0, AtaFacts.ReadModel(answer, model)));
    }

    private readonly void TellPort(int number, scoped ReadOnlySpan<byte> what)
    {
        Span<byte> buffer = stackalloc byte[DeviceLog.LineBytes + AtaFacts.ModelBytes];
        TextLine line = new(buffer);
        DeviceLog.Begin(ref line, Name, _controller.Device);
        line.Add("port "u8);
        line.AddDecimal((ulong)number);
        line.Add(": "u8);
        line.Add(what);
        DeviceLog.End(ref line);
    }
}
