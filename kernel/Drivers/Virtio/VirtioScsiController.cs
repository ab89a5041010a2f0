using System;
using System.Numerics;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Block;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Drivers.Scsi;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Virtio;

/// <summary>
/// A virtio SCSI controller (virtio 1.2, 5.6), modern or legacy, and its first request queue. The queues for
/// task management and events are left out, as firmware leaves them out: a reset of the device ends all requests.
/// </summary>
internal struct VirtioScsiController
{
    // 0 is for task management, 1 for events (5.6.2).
    private const int RequestQueue = 2;

    // struct virtio_scsi_config (5.6.4).
    private const uint ConfigMaxSectors = 8;
    private const uint ConfigCommandsPerUnit = 12;
    private const uint ConfigSenseSize = 20;
    private const uint ConfigCommandSize = 24;
    private const uint ConfigMaxChannelAndTarget = 28;
    private const uint SectorBytes = 512;

    private const uint AgainMilliseconds = 10;

    private DmaRegion _region;
    private VirtioDevice _device;
    private VirtioQueue _queue;
    private uint _senseBytes;
    private uint _commandBytes;

    /// <summary>The PCI function.</summary>
    public readonly PciDevice Device => _device.Place;

    /// <summary>Requests that may be in flight.</summary>
    public int SlotCount { get; private set; }

    /// <summary>The highest target.</summary>
    public int MaxTarget { get; private set; }

    /// <summary>Largest transfer, bytes.</summary>
    public uint MaxTransferBytes { get; private set; }

    /// <summary>Requests that the device was not told of.</summary>
    public readonly int Unannounced => _queue.Unpublished;

    /// <summary>How the last <see cref="Execute"/> ended.</summary>
    public VirtioScsiResult Last { get; private set; }

    /// <summary>Enables the function, finds its registers, and brings it up.</summary>
    public Status Start(in PciDevice device, in DmaRegion region)
    {
        this = default;
        _region = region;
        SlotCount = 1;
        if (region.Length < VirtioScsiLayout.RegionBytes || region.Address % Limits.PageBytes != 0)
        {
            return Status.BufferTooSmall;
        }
        Status status = _device.Open(device);
        return status == Status.Ok ? Restart() : status;
    }

    /// <summary>Resets the device and sets it up anew; whatever was in flight is forgotten.</summary>
    public Status Restart()
    {
        Status status = _device.Begin(VirtioFeature.ScsiUnderstood, out ulong features);
        status = status == Status.Ok ? _device.Accept(features) : status;
        if (status != Status.Ok)
        {
            return status;
        }
        status = ReadConfig();
        return _device.Run(status == Status.Ok ? OpenQueue() : status);
    }

    /// <summary>The place for a slot's command, cleared; to be written before <see cref="Push"/>.</summary>
    public readonly Span<byte> Command(int slot)
    {
        int record = Record(slot);
        _region.Bytes(record, VirtioScsiLayout.RecordBytes).Clear();
        return _region.Bytes(record + VirtioScsiLayout.RecordCommand, ScsiCommand.Bytes);
    }

    /// <summary>Puts a slot's command, with its data, into the queue.</summary>
    public void Push(int slot, in VirtioScsiAddress unit, bool isWrite, ulong address, uint lengthBytes)
    {
        int record = Record(slot);
        _region.Write64(record + VirtioScsiLayout.RecordUnit, unit.Bytes);
        _region.Write64(record + VirtioScsiLayout.RecordTag, (ulong)slot);
        int head = slot * VirtioScsiLayout.Chain;
        int count = 0;
        // Header, data of a write, answer, data of a read: what the device reads comes first (2.7.4.2).
        uint header = VirtioScsiLayout.RecordCommand + _commandBytes;
        Link(head, ref count, _region.Address + (uint)record, header, VirtioQueue.DescriptorNext);
        bool reads = lengthBytes != 0 && !isWrite;
        if (lengthBytes != 0 && isWrite)
        {
            Link(head, ref count, address, lengthBytes, VirtioQueue.DescriptorNext);
        }
        ushort more = reads ? VirtioQueue.DescriptorNext : (ushort)0;
        ulong answer = _region.Address + (uint)(record + VirtioScsiLayout.RecordAnswer);
        uint answerBytes = VirtioScsiLayout.RecordSense - VirtioScsiLayout.RecordAnswer + _senseBytes;
        Link(head, ref count, answer, answerBytes, (ushort)(VirtioQueue.DescriptorWrite | more));
        if (reads)
        {
            Link(head, ref count, address, lengthBytes, VirtioQueue.DescriptorWrite);
        }
        Send(slot);
    }

    /// <summary>Puts a slot's command into the queue once more, as it is.</summary>
    public void Send(int slot)
    {
        int record = Record(slot);
        const int AnswerBytes = VirtioScsiLayout.RecordBytes - VirtioScsiLayout.RecordAnswer;
        _region.Bytes(record + VirtioScsiLayout.RecordAnswer, AnswerBytes).Clear();
        _region.Write8(record + VirtioScsiLayout.RecordResponse, VirtioScsiResult.ResponsePending);
        _queue.Add(slot * VirtioScsiLayout.Chain);
    }

    /// <summary>Counts how often a slot's command was sent again; false when that was often enough.</summary>
    public readonly bool MaySendAgain(int slot, int most)
    {
        int retries = Record(slot) + VirtioScsiLayout.RecordRetries;
        byte count = _region.Read8(retries);
        _region.Write8(retries, (byte)Math.Min(count + 1, byte.MaxValue));
        return count < most;
    }

    /// <summary>Tells the device of all requests pushed.</summary>
    public void Announce()
    {
        if (_queue.Publish())
        {
            _device.Notify(RequestQueue);
        }
    }

    /// <summary>Takes the next request that ended; a slot of <see cref="uint.MaxValue"/> is none of ours.</summary>
    public bool TryTake(out uint slot)
    {
        bool taken = _queue.TryTake(out uint head);
        slot = head % VirtioScsiLayout.Chain == 0 && head / VirtioScsiLayout.Chain < RequestSlots.Most
            ? head / VirtioScsiLayout.Chain
            : uint.MaxValue;
        return taken;
    }

    /// <summary>How the request in a slot ended.</summary>
    public readonly VirtioScsiResult Result(int slot)
    {
        int record = Record(slot);
        uint length = Math.Min(_region.Read32(record + VirtioScsiLayout.RecordSenseLength), _senseBytes);
        return new VirtioScsiResult(
            _region.Read8(record + VirtioScsiLayout.RecordResponse),
            _region.Read8(record + VirtioScsiLayout.RecordStatus),
            ScsiSense.Parse(_region.Bytes(record + VirtioScsiLayout.RecordSense, (int)length)),
            _region.Read32(record + VirtioScsiLayout.RecordResidual));
    }

    /// <summary>
    /// Runs the command of slot 0 and waits for it, again and again while the unit tells of something else; nothing else
    /// may be in flight. Its answer goes to a place in the region that is cleared before. After
    /// <see cref="Status.DeviceTimeout"/> the device needs a reset.
    /// </summary>
    public Status Execute(in VirtioScsiAddress unit, int place, uint answerBytes, uint milliseconds)
    {
        Last = default;
        Deadline end = Deadline.AfterMilliseconds(milliseconds);
        _region.Bytes(place, (int)answerBytes).Clear();
        Push(0, unit, isWrite: false, _region.Address + (uint)place, answerBytes);
        while (true)
        {
            Status status = Wait(end);
            if (status != Status.Ok || !Last.MayBeSentAgain)
            {
                return status == Status.Ok ? Last.Status : status;
            }
            Deadline again = Deadline.AfterMilliseconds(AgainMilliseconds);
            while (!again.HasPassed)
            {
                Cpu.Pause();
            }
            if (end.HasPassed)
            {
                return Last.Status == Status.Ok ? Status.RequestFailed : Last.Status;
            }
            Send(0);
        }
    }

    /// <summary>A place in the region that <see cref="Execute"/> has filled; what the unit did not give is zero.</summary>
    public readonly ReadOnlySpan<byte> Answer(int place, uint answerBytes) => _region.Bytes(place, (int)answerBytes);

    /// <summary>How many bytes of its last answer the unit gave.</summary>
    public readonly uint GivenBytes(uint answerBytes) => answerBytes - Math.Min(answerBytes, Last.ResidualBytes);

    /// <summary>Can the device still complete requests?</summary>
    public readonly Status Health() => _device.Health;

    /// <summary>Resets the device and ends its bus mastering. Safe in every state.</summary>
    public void Stop() => _device.Stop();

    private static int Record(int slot) => VirtioScsiLayout.Records + (slot * VirtioScsiLayout.RecordBytes);

    private Status Wait(Deadline end)
    {
        Announce();
        while (true)
        {
            bool isLast = end.HasPassed;
            if (TryTake(out uint slot) && slot == 0)
            {
                Last = Result(0);
                return Status.Ok;
            }
            Status health = Health();
            if (health != Status.Ok || isLast)
            {
                return health != Status.Ok ? health : Status.DeviceTimeout;
            }
            Cpu.Pause();
        }
    }

    private Status ReadConfig()
    {
        // The reset has put both sizes back to their defaults (5.6.4.2).
        _senseBytes = _device.ReadConfig32(ConfigSenseSize);
        _commandBytes = _device.ReadConfig32(ConfigCommandSize);
        ulong mostBytes = (ulong)_device.ReadConfig32(ConfigMaxSectors) * SectorBytes;
        MaxTransferBytes = (uint)Math.Min(mostBytes == 0 ? ulong.MaxValue : mostBytes, VirtioLayout.MaxTransferBytes);
        MaxTarget = (int)Math.Min(_device.ReadConfig32(ConfigMaxChannelAndTarget) >> 16, byte.MaxValue);
        return _senseBytes <= VirtioScsiLayout.MaxSenseBytes
            && _commandBytes is >= ScsiCommand.Bytes and <= VirtioScsiLayout.MaxCommandBytes
            ? Status.Ok
            : Status.DeviceUnsupported;
    }

    private Status OpenQueue()
    {
        int offered = _device.SelectQueue(RequestQueue);
        bool isTooLarge = _device.HasFixedQueues && offered > VirtioLayout.MaxLegacyQueue;
        if (offered < VirtioScsiLayout.Chain || isTooLarge || !BitOperations.IsPow2((uint)offered))
        {
            return Status.DeviceUnsupported;
        }
        int size = _device.HasFixedQueues ? offered : Math.Min(offered, VirtioScsiLayout.MaxModernQueue);
        int perUnit = (int)Math.Max(1, Math.Min(_device.ReadConfig32(ConfigCommandsPerUnit), RequestSlots.Most));
        SlotCount = Math.Min(perUnit, size / VirtioScsiLayout.Chain);
        _queue.Reset(_region, size);
        return _device.EnableQueue(in _queue, RequestQueue);
    }

    private readonly void Link(int head, ref int count, ulong address, uint lengthBytes, ushort flags)
    {
        bool goesOn = (flags & VirtioQueue.DescriptorNext) != 0;
        int index = head + count;
        _queue.Describe(
            VirtioLayout.Queue + (index * VirtioLayout.DescriptorBytes),
            address,
            lengthBytes,
            flags,
            (ushort)(goesOn ? index + 1 : 0));
        count++;
    }
}
