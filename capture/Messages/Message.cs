namespace CosmosKdump.Capture.Messages;

/// <summary>One record of the crashed kernel's log. Its text stays where it is.</summary>
public struct Message
{
    /// <summary>Sequence number: a gap means that records were dropped; 0 in logs before Linux 5.10.</summary>
    public ulong Sequence;

    /// <summary>Time since boot, nanoseconds.</summary>
    public ulong Nanoseconds;

    /// <summary>Level, 0 (emergency) to 7 (debug).</summary>
    public byte Level;

    /// <summary>Syslog facility; 0 is the kernel.</summary>
    public byte Facility;

    /// <summary>The log tells of callers.</summary>
    public bool HasCaller;

    /// <summary>Caller: a thread's number, or a CPU's with bit 31 set.</summary>
    public uint Caller;

    /// <summary>Virtual address of the text, usually ASCII; it may have several lines.</summary>
    public ulong TextAddress;

    /// <summary>Length of the text, bytes.</summary>
    public int TextBytes;
}
