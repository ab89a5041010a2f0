using System;

namespace CosmosKdump.Capture.Area;

/// <summary>
/// Writes pages to a block device and makes the best of its failures: a failed request is tried once more, then halved
/// down to single pages, each page is tried <see cref="Limits.PageAttempts"/> times, and a device that stops answering
/// is reset. What is then left is counted as lost, and zeros are written in its place, in case it was the memory that
/// failed. Many requests are in flight until the first failure; repairs go one at a time, and end before they cost
/// more time than the pages are worth (<see cref="Repair"/>).
/// </summary>
public struct PageWriter<TDisk, TClock, TConsole>
    where TDisk : struct, IBlockDevice
    where TClock : struct, IClock
    where TConsole : struct, IConsole
{
    /// <summary>
    /// Bytes of the buffer that the constructor takes: the table of all writes in flight and their halves, and a page
    /// of zeros.
    /// </summary>
    public const int TableBytes = ZerosAt + Limits.PageBytes;

    private const int ZerosAt = RepairTable.Bytes;
    private const ulong TellEveryMicroseconds = 1_000_000;

    /// <summary>The disk. A public field, for it is a struct that changes in place.</summary>
    public SteadyDisk<TDisk> Disk;

    private readonly HeldBuffer _table;
    private TClock _clock;
    private TConsole _console;
    private RepairTable _failed;
    private uint _requestsLostInRow;
    private ulong _lostSince;
    private ulong _repairMicroseconds;
    private ulong _lastLine;
    private ulong _pagesAccepted;
    private ulong _pagesAcceptedBeforeRepair;
    private ulong _pagesLost;

    /// <summary>A writer over a disk, which it owns from now on, with a table of <see cref="TableBytes"/>.</summary>
    public PageWriter(in TDisk disk, in TClock clock, in TConsole console, HeldBuffer table)
    {
        Disk = new SteadyDisk<TDisk>(disk);
        _clock = clock;
        _console = console;
        _table = table;
        if (table.Bytes.Length >= TableBytes)
        {
            _failed = new RepairTable(table);
            table.Bytes.Slice(ZerosAt, Limits.PageBytes).Clear();
        }
    }

    /// <summary>Forgets what happened so far; a disk that was given up gets one more chance.</summary>
    public void Restart()
    {
        Disk.Restart();
        _failed.Cut(0);
        _lastLine = Now(ref _clock);
        _requestsLostInRow = 0;
        _repairMicroseconds = 0;
        _pagesAccepted = 0;
        _pagesAcceptedBeforeRepair = 0;
        _pagesLost = 0;
    }

    /// <summary>Pages that could not be written.</summary>
    public readonly ulong PagesLost => _pagesLost;

    /// <summary>Pages that were written or are in flight.</summary>
    public readonly ulong PagesWritten => _pagesAccepted - _pagesLost;

    /// <summary>Blocks of a page.</summary>
    public readonly uint BlocksPerPage => Disk.BlocksPerPage;

    /// <summary>Bytes of a block.</summary>
    public readonly uint BlockBytes => Disk.Device.BlockBytes;

    /// <summary>Blocks of the medium.</summary>
    public readonly ulong BlockCount => Disk.Device.BlockCount;

    /// <summary>The medium refuses writes.</summary>
    public readonly bool IsReadOnly => Disk.Device.IsReadOnly;

    /// <summary>The device's blocks and requests can hold whole pages.</summary>
    public readonly Status CheckDevice() =>
        Disk.Device.BlockBytes is 512 or 4096 && Disk.Device.MaxBlocksPerRequest >= BlocksPerPage && _table.Bytes.Length >= TableBytes
            ? Status.Ok
            : Status.DeviceUnsupported;

    /// <summary>Queues the writes of whole pages at <paramref name="block"/>. A status other than Ok is final.</summary>
    public Status Write(ulong block, ulong address, ulong lengthBytes)
    {
        uint maxBlocks = Disk.Device.MaxBlocksPerRequest - (Disk.Device.MaxBlocksPerRequest % BlocksPerPage);
        ulong blocks = lengthBytes / Disk.Device.BlockBytes;
        while (blocks > 0)
        {
            if (Disk.GaveUp != Status.Ok)
            {
                return Disk.GaveUp;
            }
            uint count = blocks < maxBlocks ? (uint)blocks : maxBlocks;
            _pagesAccepted += count / BlocksPerPage;
            Status status = Queue(new BlockWrite(block, address, count));
            if (status != Status.Ok)
            {
                return status;
            }
            block += count;
            address += (ulong)count * Disk.Device.BlockBytes;
            blocks -= count;
        }
        return Status.Ok;
    }

    /// <summary>Waits until everything queued is written, repaired or lost.</summary>
    public Status Drain() => Disk.GaveUp != Status.Ok ? Disk.GaveUp : Repair();

    /// <summary>Makes what was drained durable.</summary>
    public Status Flush() => Disk.Flush();

    /// <summary>
    /// Writes one page outside the count, and waits for it; also on a disk that was given up because it failed requests.
    /// Nothing else may be in flight.
    /// </summary>
    public Status WritePage(ulong block, ulong address)
    {
        Status status = Disk.GaveUp;
        for (int i = 0; i < Limits.PageAttempts && Disk.Answers; i++)
        {
            status = Disk.Attempt(new BlockWrite(block, address, BlocksPerPage));
            if (status == Status.Ok)
            {
                return Status.Ok;
            }
        }
        return status;
    }

    /// <summary>Reads one page, and waits for it. Nothing else may be in flight.</summary>
    public Status ReadPage(ulong block, ulong address) => Disk.ReadPage(block, address);

    private Status Queue(in BlockWrite write)
    {
        Status status = Disk.Device.Submit(write);
        if (status != Status.Ok)
        {
            Keep(write);
            return SteadyDisk<TDisk>.IsRequestOnly(status) ? Repair() : RecoverAndRepair(status);
        }
        if (!Disk.Device.TryTakeFailure(out BlockWrite failed, out _))
        {
            return Status.Ok;
        }
        Keep(failed);
        return Repair();
    }

    private Status RecoverAndRepair(Status why)
    {
        Status status = SteadyDisk<TDisk>.NeedsRecovery(why) ? Disk.Recover() : Disk.GiveUp(why);
        return status == Status.Ok ? Repair() : LoseAll(status);
    }

    // A disk is given up for its failures only when many requests in a row were lost whole, or several over a long time:
    // a bad region, however large its requests, is no dead disk.
    private Status Repair()
    {
        Status status = Settle();
        if (status != Status.Ok || _failed.Count == 0)
        {
            return status;
        }
        if (_pagesAccepted - _pagesAcceptedBeforeRepair > PagesFrom(0))
        {
            _requestsLostInRow = 0;
        }
        ulong start = Now(ref _clock);
        while (_failed.Count > 0 && Disk.GaveUp == Status.Ok)
        {
            ulong now = Now(ref _clock);
            RepairRequest(_failed.Take(_failed.Count - 1), now, _repairMicroseconds + (now - start));
            bool isLongSince = Now(ref _clock) - _lostSince > Limits.LostMicroseconds;
            int most = isLongSince ? Limits.RequestsLostAtLeast : Limits.RequestsLostInRow;
            if (_requestsLostInRow >= most && Disk.GaveUp == Status.Ok)
            {
                Disk.GiveUp(Status.RequestFailed);
            }
        }
        _repairMicroseconds += Now(ref _clock) - start;
        _pagesAcceptedBeforeRepair = _pagesAccepted;
        return Disk.GaveUp == Status.Ok ? Status.Ok : LoseAll(Disk.GaveUp);
    }

    // First from the low end of the request. After some failures in a row from its high end, which finds the other
    // border of a bad range in a few attempts. After as many again, what is left between them is lost untried.
    private void RepairRequest(in BlockWrite request, ulong start, ulong spentMicroseconds)
    {
        ulong pages = request.BlockCount / BlocksPerPage;
        ulong lostBefore = _pagesLost;
        int first = _failed.Count;
        _failed.Add(request);
        int most = _requestsLostInRow == 0 ? Limits.RepairFailures : Limits.RepairFailuresInBadRange;
        for (int pass = 0; pass < 2; pass++)
        {
            int failures = 0;
            while (_failed.Count > first && failures < most && Disk.GaveUp == Status.Ok)
            {
                ulong took = Told() - start;
                if (took > Limits.RequestRepairMicroseconds || spentMicroseconds + took > Limits.RepairMicroseconds)
                {
                    break;
                }
                int failed = RepairOne(first, isHighFirst: pass != 0);
                failures = failed == 0 ? 0 : failures + failed;
            }
        }
        _pagesLost += PagesFrom(first);
        _failed.Cut(first);
        if (_pagesLost - lostBefore != pages)
        {
            _requestsLostInRow = 0;
        }
        else if (_requestsLostInRow++ == 0)
        {
            _lostSince = start;
        }
    }

    // Returns the failed attempts, 0 if the piece was written. Its halves take its place.
    private int RepairOne(int first, bool isHighFirst)
    {
        int at = isHighFirst ? first : _failed.Count - 1;
        BlockWrite write = _failed.Take(at);
        uint pages = write.BlockCount / BlocksPerPage;
        int attempts = pages > 1 ? 1 : Limits.PageAttempts - 1;
        int failures = 0;
        while (failures < attempts && Disk.GaveUp == Status.Ok)
        {
            if (Disk.Attempt(write) == Status.Ok)
            {
                return 0;
            }
            failures++;
        }
        if (pages == 1 && Disk.GaveUp == Status.Ok)
        {
            failures += Disk.Attempt(new BlockWrite(write.Block, _table.Address + ZerosAt, BlocksPerPage)) == Status.Ok ? 0 : 1;
        }
        if (pages == 1 || Disk.GaveUp != Status.Ok)
        {
            _pagesLost += pages;
            return failures;
        }
        uint half = pages / 2 * BlocksPerPage;
        _failed.Insert(at, new BlockWrite(write.Block, write.Address, half));
        ulong highAddress = write.Address + ((ulong)half * BlockBytes);
        _failed.Insert(at, new BlockWrite(write.Block + half, highAddress, write.BlockCount - half));
        return failures;
    }

    // The time, and now and then a line, for repairs of a slow disk take minutes.
    private ulong Told()
    {
        ulong now = Now(ref _clock);
        if (now - _lastLine >= TellEveryMicroseconds)
        {
            _lastLine = now;
            Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
            TextLine line = ReportLine.Begin(buffer);
            line.Add("repairing failed writes: "u8);
            line.AddDecimal(PagesFrom(0));
            line.Add(" pages to go, "u8);
            line.AddDecimal(_pagesLost);
            line.Add(" lost"u8);
            ReportLine.Write(ref _console, in line);
        }
        return now;
    }

    // Waits until nothing is in flight; what failed is in the table then.
    private Status Settle()
    {
        while (true)
        {
            Status status = Disk.Device.Drain();
            KeepFailures();
            if (status == Status.Ok || SteadyDisk<TDisk>.IsRequestOnly(status))
            {
                return Status.Ok;
            }
            status = SteadyDisk<TDisk>.NeedsRecovery(status) ? Disk.Recover() : Disk.GiveUp(status);
            if (status != Status.Ok)
            {
                return LoseAll(status);
            }
        }
    }

    private Status LoseAll(Status why)
    {
        KeepFailures();
        _pagesLost += PagesFrom(0);
        _failed.Cut(0);
        return why;
    }

    private void KeepFailures()
    {
        while (Disk.Device.TryTakeFailure(out BlockWrite failed, out _))
        {
            Keep(failed);
        }
    }

    private void Keep(in BlockWrite write)
    {
        if (_failed.Add(write) != Status.Ok)
        {
            _pagesLost += write.BlockCount / BlocksPerPage;
        }
    }

    // By reference, for a clock may be a struct that changes when it is read.
    private static ulong Now(ref TClock clock) => clock.Microseconds;

    private readonly ulong PagesFrom(int index) => _failed.BlocksFrom(index) / BlocksPerPage;
}
