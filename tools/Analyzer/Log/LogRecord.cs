namespace CosmosKdump.Analyzer.Log;

/// <summary>One record of the kernel log.</summary>
public sealed class LogRecord
{
    /// <summary>Sequence number: a gap means that records were dropped; 0 in logs before Linux 5.10.</summary>
    public ulong Sequence { get; init; }

    /// <summary>Time since boot, nanoseconds.</summary>
    public ulong Nanoseconds { get; init; }

    /// <summary>Level, 0 (emergency) to 7 (debug).</summary>
    public int Level { get; init; }

    /// <summary>Syslog facility; 0 is the kernel.</summary>
    public int Facility { get; init; }

    /// <summary>Caller: a thread's number, or a CPU's with bit 31 set; null if the log does not tell.</summary>
    public uint? Caller { get; init; }

    /// <summary>Text as the kernel stored it, usually ASCII; may have several lines.</summary>
    public required byte[] Text { get; init; }
}
