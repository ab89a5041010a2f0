using System;
using System.Runtime.InteropServices;

namespace CosmosKdump.Capture.Area;

/// <summary>
/// Writes pages to a block device and makes the best of its failures: a failed request is halved down to single pages,
/// each page is tried <see cref="Limits.PageAttempts"/> times, and a device that stops answering is reset. What is
/// then left is counted as lost, and zeros are written in its place, in case it was the memory that failed. Many
/// requests are in flight until the first failure; repairs go one at a time.
/// </summary>
public struct PageWriter<TDisk>
    where TDisk : struct, IBlockDevice
{
    /// <summary>
    /// Bytes of the buffer that the constructor takes: the table of all writes in flight and their halves, and a page
    /// of zeros.
    /// </summary>
    public const int TableBytes = ZerosAt + Limits.PageBytes;

    private const int ZerosAt = 2 * Limits.PageBytes;

    /// <summary>The disk. A public field, for it is a struct that changes in place.</summary>
    public TDisk Disk;

    private readonly HeldBuffer _table;
    private int _failedCount;
    private int _failuresInRow;
    private int _recoveries;
    private int _resetsInRow;
    private ulong _pagesAccepted;
    private ulong _pagesAcceptedBeforeRepair;
    private ulong _pagesLost;
    private Status _gaveUp;

    /// <summary>A writer over a disk, which it owns from now on, with a table of <see cref="TableBytes"/>.</summary>
    public PageWriter(in TDisk disk, HeldBuffer table)
    {
        Disk = disk;
        _table = table;
        if (table.Bytes.Length >= TableBytes)
        {
            table.Bytes.Slice(ZerosAt, Limits.PageBytes).Clear();
        }
    }

    /// <summary>Forgets what happened so far; a disk that was given up gets one more chance.</summary>
    public void Restart()
    {
        if (_gaveUp != Status.Ok)
        {
            _ = Disk.Recover();
        }
        while (Disk.TryTakeFailure(out _, out _))
        {
        }
        _gaveUp = Status.Ok;
        _failedCount = 0;
        _failuresInRow = 0;
        _recoveries = 0;
        _pagesAccepted = 0;
        _pagesAcceptedBeforeRepair = 0;
        _pagesLost = 0;
    }

    /// <summary>Pages that could not be written.</summary>
    public readonly ulong PagesLost => _pagesLost;

    /// <summary>Pages that were written or are in flight.</summary>
    public readonly ulong PagesWritten => _pagesAccepted - _pagesLost;

    /// <summary>Blocks of a page.</summary>
    public readonly uint BlocksPerPage => Limits.PageBytes / Disk.BlockBytes;

    /// <summary>Bytes of a block.</summary>
    public readonly uint BlockBytes => Disk.BlockBytes;

    /// <summary>Blocks of the medium.</summary>
    public readonly ulong BlockCount => Disk.BlockCount;

    /// <summary>The medium refuses writes.</summary>
    public readonly bool IsReadOnly => Disk.IsReadOnly;

    /// <summary>The device's blocks and requests can hold whole pages.</summary>
    public readonly Status CheckDevice() =>
        Disk.BlockBytes is 512 or 4096 && Disk.MaxBlocksPerRequest >= BlocksPerPage && _table.Bytes.Length >= TableBytes
            ? Status.Ok
            : Status.DeviceUnsupported;

    /// <summary>Queues the writes of whole pages at <paramref name="block"/>. A status other than Ok is final.</summary>
    public Status Write(ulong block, ulong address, ulong lengthBytes)
    {
        uint maxBlocks = Disk.MaxBlocksPerRequest - (Disk.MaxBlocksPerRequest % BlocksPerPage);
        ulong blocks = lengthBytes / Disk.BlockBytes;
        while (blocks > 0)
        {
            if (_gaveUp != Status.Ok)
            {
                return _gaveUp;
            }
            uint count = blocks < maxBlocks ? (uint)blocks : maxBlocks;
            _pagesAccepted += count / BlocksPerPage;
            Status status = Queue(new BlockWrite(block, address, count));
            if (status != Status.Ok)
            {
                return status;
            }
            block += count;
            address += (ulong)count * Disk.BlockBytes;
            blocks -= count;
        }
        return Status.Ok;
    }

    /// <summary>Waits until everything queued is written, repaired or lost.</summary>
    public Status Drain() => _gaveUp != Status.Ok ? _gaveUp : Repair();

    /// <summary>Makes what was drained durable.</summary>
    public Status Flush()
    {
        if (_gaveUp != Status.Ok)
        {
            return _gaveUp;
        }
        Status status = Disk.Flush();
        if (NeedsRecovery(status))
        {
            status = Recover();
            return status == Status.Ok ? Disk.Flush() : status;
        }
        return status;
    }

    /// <summary>Writes one page outside the count, and waits for it. Nothing else may be in flight.</summary>
    public Status WritePage(ulong block, ulong address)
    {
        Status status = _gaveUp;
        for (int i = 0; i < Limits.PageAttempts && _gaveUp == Status.Ok; i++)
        {
            status = Attempt(new BlockWrite(block, address, BlocksPerPage));
            if (status == Status.Ok)
            {
                return Status.Ok;
            }
        }
        return status;
    }

    /// <summary>Reads one page, and waits for it. Nothing else may be in flight.</summary>
    public Status ReadPage(ulong block, ulong address)
    {
        Status status = _gaveUp;
        for (int i = 0; i < Limits.PageAttempts && _gaveUp == Status.Ok; i++)
        {
            status = Disk.Read(block, address, BlocksPerPage);
            if (status == Status.Ok)
            {
                _resetsInRow = 0;
                return Status.Ok;
            }
            if (NeedsRecovery(status) && Recover() != Status.Ok)
            {
                return _gaveUp;
            }
        }
        return status;
    }

    private Status Queue(in BlockWrite write)
    {
        Status status = Disk.Submit(write);
        if (status != Status.Ok)
        {
            Keep(write);
            return IsRequestOnly(status) ? Repair() : RecoverAndRepair(status);
        }
        if (!Disk.TryTakeFailure(out BlockWrite failed, out _))
        {
            return Status.Ok;
        }
        Keep(failed);
        return Repair();
    }

    private Status RecoverAndRepair(Status why)
    {
        Status status = NeedsRecovery(why) ? Recover() : GiveUp(why);
        return status == Status.Ok ? Repair() : status;
    }

    // Last in, first out: halves of a request are tried before the next request, so the table needs room for the
    // failures of one full queue and the halvings of one request.
    private Status Repair()
    {
        Status status = Settle();
        if (status != Status.Ok || _failedCount == 0)
        {
            return status;
        }
        if (_pagesAccepted - _pagesAcceptedBeforeRepair > PagesKept())
        {
            _failuresInRow = 0;
        }
        while (_failedCount > 0 && _gaveUp == Status.Ok)
        {
            RepairOne(Table[--_failedCount]);
        }
        _pagesAcceptedBeforeRepair = _pagesAccepted;
        return _gaveUp;
    }

    // By value: the halves take the table slot that the write came from.
    private void RepairOne(BlockWrite write)
    {
        uint pages = write.BlockCount / BlocksPerPage;
        int attempts = pages > 1 ? 1 : Limits.PageAttempts - 1;
        for (int i = 0; i < attempts && _gaveUp == Status.Ok; i++)
        {
            if (Attempt(write) == Status.Ok)
            {
                return;
            }
        }
        if (pages == 1 && _gaveUp == Status.Ok)
        {
            Attempt(new BlockWrite(write.Block, _table.Address + ZerosAt, BlocksPerPage));
        }
        if (pages == 1 || _gaveUp != Status.Ok)
        {
            _pagesLost += pages;
            return;
        }
        uint half = pages / 2 * BlocksPerPage;
        Keep(new BlockWrite(write.Block + half, write.Address + ((ulong)half * BlockBytes), write.BlockCount - half));
        Keep(new BlockWrite(write.Block, write.Address, half));
    }

    // Waits until nothing is in flight; what failed is in the table then.
    private Status Settle()
    {
        while (true)
        {
            Status status = Disk.Drain();
            KeepFailures();
            if (status == Status.Ok || IsRequestOnly(status))
            {
                return Status.Ok;
            }
            if (!NeedsRecovery(status))
            {
                return GiveUp(status);
            }
            status = Recover();
            if (status != Status.Ok)
            {
                return status;
            }
        }
    }

    // Writes with nothing else in flight: Ok, RequestFailed (may be tried again), or the final status.
    private Status Attempt(in BlockWrite write)
    {
        Status status = Disk.Submit(write);
        if (status == Status.Ok)
        {
            status = Disk.Drain();
        }
        Status reset = NeedsRecovery(status) ? ResetDevice() : Status.Ok;
        bool failed = status != Status.Ok;
        while (Disk.TryTakeFailure(out _, out _))
        {
            failed = true;
        }
        if (reset != Status.Ok)
        {
            return GiveUp(reset);
        }
        if (!failed)
        {
            _failuresInRow = 0;
            _resetsInRow = 0;
            return Status.Ok;
        }
        if (status != Status.Ok && !NeedsRecovery(status) && !IsRequestOnly(status))
        {
            return GiveUp(status);
        }
        return ++_failuresInRow >= Limits.FailuresInRow ? GiveUp(Status.RequestFailed) : Status.RequestFailed;
    }

    private Status Recover()
    {
        Status status = ResetDevice();
        return status == Status.Ok ? Status.Ok : GiveUp(status);
    }

    private Status ResetDevice()
    {
        if (++_resetsInRow > Limits.ResetsInRow)
        {
            return Status.DeviceTimeout;
        }
        Status status = Status.DeviceFailed;
        // Bounded: every turn takes one of the dump's recoveries.
        while (_recoveries < Limits.DeviceRecoveries)
        {
            _recoveries++;
            status = Disk.Recover();
            if (!NeedsRecovery(status))
            {
                break;
            }
        }
        return status;
    }

    private Status GiveUp(Status why)
    {
        _gaveUp = why;
        KeepFailures();
        _pagesLost += PagesKept();
        _failedCount = 0;
        return why;
    }

    private void KeepFailures()
    {
        while (Disk.TryTakeFailure(out BlockWrite failed, out _))
        {
            Keep(failed);
        }
    }

    private void Keep(in BlockWrite write)
    {
        Span<BlockWrite> table = Table;
        if (_failedCount < table.Length)
        {
            table[_failedCount++] = write;
        }
        else
        {
            _pagesLost += write.BlockCount / BlocksPerPage;
        }
    }

    private readonly ulong PagesKept()
    {
        ulong pages = 0;
        for (int i = 0; i < _failedCount; i++)
        {
            pages += Table[i].BlockCount / BlocksPerPage;
        }
        return pages;
    }

    private readonly Span<BlockWrite> Table => MemoryMarshal.Cast<byte, BlockWrite>(_table.Bytes[..ZerosAt]);

    private static bool NeedsRecovery(Status status) => status is Status.DeviceTimeout or Status.DeviceFailed;

    // TooManyEntries: the driver wants its failures taken first.
    private static bool IsRequestOnly(Status status) => status is Status.RequestFailed or Status.TooManyEntries;
}
