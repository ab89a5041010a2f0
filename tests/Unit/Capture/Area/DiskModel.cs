using System;
using System.Collections.Generic;
using CosmosKdump.Capture;

namespace CosmosKdump.Tests.Unit.Capture.Area;

/// <summary>
/// A disk that misbehaves on demand. Writes wait in a queue, complete in an order of its own, and reach the medium
/// only with a flush: a power cut shows what a cache would have lost.
/// </summary>
internal sealed class DiskModel
{
    private readonly TestMemory _memory;
    private readonly List<BlockWrite> _inFlight = [];
    private readonly Queue<(BlockWrite Write, Status Why)> _failures = [];
    private readonly Dictionary<ulong, int> _failuresLeft = [];
    private readonly Random _random = new(7);
    private byte[] _cache;
    private bool _stuck;

    public DiskModel(TestMemory memory, uint blockBytes, ulong blockCount)
    {
        _memory = memory;
        BlockBytes = blockBytes;
        Medium = new byte[checked((int)(blockBytes * blockCount))];
        _random.NextBytes(Medium);
        _cache = (byte[])Medium.Clone();
    }

    public uint BlockBytes { get; }

    public byte[] Medium { get; }

    public uint MaxBlocksPerRequest { get; set; } = 64;

    public int QueueDepth { get; set; } = 16;

    public bool IsReadOnly { get; set; }

    /// <summary>Operations (submits, drains, flushes) until the device stops answering; a reset revives it.</summary>
    public int OperationsUntilStuck { get; set; } = int.MaxValue;

    /// <summary>Operations until it stops for good.</summary>
    public int OperationsUntilGone { get; set; } = int.MaxValue;

    /// <summary>Resets that fail before one works.</summary>
    public int FailingRecoveries { get; set; }

    /// <summary>A reset works, but the device answers no request after it either.</summary>
    public bool StaysStuck { get; set; }

    public int Recoveries { get; private set; }

    public int Operations { get; private set; }

    public int SubmittedWrites { get; private set; }

    public ulong BlockCount => (ulong)Medium.Length / BlockBytes;

    /// <summary>Every request that touches the block fails this many times; forever by default.</summary>
    public void FailBlock(ulong block, int times = int.MaxValue) => _failuresLeft[block] = times;

    /// <summary>Physical address of a page that the device cannot read (0: none), as with a memory error.</summary>
    public ulong UnreadablePage { get; set; }

    /// <summary>Puts bytes on the medium, as if they had been there before.</summary>
    public void Plant(long offsetBytes, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Medium.AsSpan((int)offsetBytes));
        bytes.CopyTo(_cache.AsSpan((int)offsetBytes));
    }

    public Status Read(ulong block, ulong address, uint blockCount)
    {
        Status status = Operate();
        if (status != Status.Ok)
        {
            return status;
        }
        if (IsFailing(block, blockCount))
        {
            return Status.RequestFailed;
        }
        int lengthBytes = (int)(blockCount * BlockBytes);
        _cache.AsSpan((int)(block * BlockBytes), lengthBytes).CopyTo(_memory.At(address, lengthBytes));
        return Status.Ok;
    }

    public Status Submit(in BlockWrite write)
    {
        Status status = Operate();
        if (status != Status.Ok)
        {
            return status;
        }
        if (write.BlockCount == 0 || write.BlockCount > MaxBlocksPerRequest || write.Block + write.BlockCount > BlockCount)
        {
            return Status.OutOfMedium;
        }
        SubmittedWrites++;
        _inFlight.Add(write);
        while (_inFlight.Count > QueueDepth)
        {
            CompleteOne();
        }
        return Status.Ok;
    }

    public Status Drain()
    {
        Status status = Operate();
        while (status == Status.Ok && _inFlight.Count > 0)
        {
            CompleteOne();
        }
        return status;
    }

    public Status Flush()
    {
        Status status = Operate();
        if (status == Status.Ok)
        {
            _cache.CopyTo(Medium, 0);
        }
        return status;
    }

    public bool TryTakeFailure(out BlockWrite write, out Status why)
    {
        bool any = _failures.TryDequeue(out (BlockWrite Write, Status Why) failure);
        (write, why) = failure;
        return any;
    }

    public Status Recover()
    {
        Recoveries++;
        foreach (BlockWrite write in _inFlight)
        {
            _failures.Enqueue((write, Status.DeviceTimeout));
        }
        _inFlight.Clear();
        if (Operations > OperationsUntilGone)
        {
            return Status.DeviceGone;
        }
        if (FailingRecoveries > 0)
        {
            FailingRecoveries--;
            return Status.DeviceFailed;
        }
        _stuck &= StaysStuck;
        return Status.Ok;
    }

    /// <summary>What was not flushed is gone.</summary>
    public void CutPower() => _cache = (byte[])Medium.Clone();

    private Status Operate()
    {
        Operations++;
        if (Operations > OperationsUntilGone)
        {
            return Status.DeviceGone;
        }
        if (Operations > OperationsUntilStuck)
        {
            OperationsUntilStuck = int.MaxValue;
            _stuck = true;
        }
        return _stuck ? Status.DeviceTimeout : Status.Ok;
    }

    private void CompleteOne()
    {
        int index = _random.Next(_inFlight.Count);
        BlockWrite write = _inFlight[index];
        _inFlight.RemoveAt(index);
        bool isUnreadable = UnreadablePage != 0 && write.Address <= UnreadablePage
            && UnreadablePage < write.Address + ((ulong)write.BlockCount * BlockBytes);
        if (IsReadOnly || isUnreadable || IsFailing(write.Block, write.BlockCount))
        {
            _failures.Enqueue((write, Status.RequestFailed));
            return;
        }
        int lengthBytes = (int)(write.BlockCount * BlockBytes);
        _memory.At(write.Address, lengthBytes).CopyTo(_cache.AsSpan((int)(write.Block * BlockBytes)));
    }

    private bool IsFailing(ulong block, uint blockCount)
    {
        bool failing = false;
        for (ulong b = block; b < block + blockCount; b++)
        {
            if (_failuresLeft.TryGetValue(b, out int left) && left > 0)
            {
                _failuresLeft[b] = left == int.MaxValue ? left : left - 1;
                failing = true;
            }
        }
        return failing;
    }
}
