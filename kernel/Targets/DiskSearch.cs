using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Targets;

/// <summary>What the search of one target for a dump area has found so far, over all disk drivers.</summary>
internal struct DiskSearch
{
    private Status _status;

    /// <summary>A dump was made, and not cut: look no further.</summary>
    internal readonly bool IsDone => DumpOutcome.IsEnough(_status);

    /// <summary>The most telling status: a dump, else why an area was refused or failed, else what there was.</summary>
    internal readonly Status Result => _status;

    /// <summary>A search that has found nothing yet.</summary>
    internal static DiskSearch New => new() { _status = Status.NoDevice };

    /// <summary>Remembers a status.</summary>
    internal void Note(Status status)
    {
        bool isUntold = _status is Status.NoDevice or Status.NoLabel
            || (_status == Status.MapOtherDisk && status != Status.NoLabel);
        // Of two dumps that were cut the first stays, as that of two whole ones would.
        if (isUntold || DumpOutcome.Rank(status) > DumpOutcome.Rank(_status))
        {
            _status = status;
        }
    }
}
