namespace CosmosKdump.Capture.Area;

/// <summary>
/// A block device that is reset when it stops answering, and given up when that does not help. What fails without that
/// is its caller's to repair.
/// </summary>
public struct SteadyDisk<TDisk>
    where TDisk : struct, IBlockDevice
{
    /// <summary>The device. A public field, for it is a struct that changes in place.</summary>
    public TDisk Device;

    private int _recoveries;
    private int _resetsInRow;

    /// <summary>A disk that is not given up.</summary>
    public SteadyDisk(in TDisk device) => Device = device;

    /// <summary>Why the disk was given up; <see cref="Status.Ok"/> while it was not.</summary>
    public Status GaveUp { get; private set; }

    /// <summary>It can be asked: not given up, or only for the requests that it failed.</summary>
    public readonly bool Answers => GaveUp is Status.Ok or Status.RequestFailed;

    /// <summary>Blocks of a page.</summary>
    public readonly uint BlocksPerPage => Limits.PageBytes / Device.BlockBytes;

    /// <summary>Only a reset helps.</summary>
    public static bool NeedsRecovery(Status status) => status is Status.DeviceTimeout or Status.DeviceFailed;

    /// <summary>Requests failed, and the device is well; TooManyEntries: it wants its failures taken first.</summary>
    public static bool IsRequestOnly(Status status) => status is Status.RequestFailed or Status.TooManyEntries;

    /// <summary>Forgets what happened so far; a disk that was given up gets one more chance.</summary>
    public void Restart()
    {
        if (GaveUp != Status.Ok)
        {
            _ = Device.Recover();
        }
        TakeFailures();
        GaveUp = Status.Ok;
        _recoveries = 0;
    }

    /// <summary>Gives the disk up; returns the reason.</summary>
    public Status GiveUp(Status why) => GaveUp = why;

    /// <summary>
    /// Writes with nothing else in flight: Ok, <see cref="Status.RequestFailed"/> (may be tried again), or the reason
    /// why the disk was given up.
    /// </summary>
    public Status Attempt(in BlockWrite write)
    {
        Status status = Device.Submit(write);
        if (status == Status.Ok)
        {
            status = Device.Drain();
        }
        Status reset = NeedsRecovery(status) ? Reset() : Status.Ok;
        bool failed = TakeFailures() || status != Status.Ok;
        if (reset != Status.Ok)
        {
            return GiveUp(reset);
        }
        if (!failed)
        {
            _resetsInRow = 0;
            return Status.Ok;
        }
        bool isFinal = status != Status.Ok && !NeedsRecovery(status) && !IsRequestOnly(status);
        return isFinal ? GiveUp(status) : Status.RequestFailed;
    }

    /// <summary>Reads one page, and waits for it. Nothing else may be in flight.</summary>
    public Status ReadPage(ulong block, ulong address)
    {
        Status status = GaveUp;
        for (int i = 0; i < Limits.PageAttempts && GaveUp == Status.Ok; i++)
        {
            status = Device.Read(block, address, BlocksPerPage);
            if (status == Status.Ok)
            {
                _resetsInRow = 0;
                return Status.Ok;
            }
            if (NeedsRecovery(status) && Recover() != Status.Ok)
            {
                return GaveUp;
            }
        }
        return status;
    }

    /// <summary>Makes what was drained durable.</summary>
    public Status Flush()
    {
        if (!Answers)
        {
            return GaveUp;
        }
        Status status = Device.Flush();
        if (NeedsRecovery(status))
        {
            status = Recover();
            return status == Status.Ok ? Device.Flush() : status;
        }
        return status;
    }

    /// <summary>Resets the device; one that cannot be reset, or was too often, is given up.</summary>
    public Status Recover()
    {
        Status status = Reset();
        return status == Status.Ok ? Status.Ok : GiveUp(status);
    }

    private Status Reset()
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
            status = Device.Recover();
            if (!NeedsRecovery(status))
            {
                break;
            }
        }
        return status;
    }

    private bool TakeFailures()
    {
        bool any = false;
        while (Device.TryTakeFailure(out _, out _))
        {
            any = true;
        }
        return any;
    }
}
