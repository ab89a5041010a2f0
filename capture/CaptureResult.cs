namespace CosmosKdump.Capture;

/// <summary>How a dump to one target went.</summary>
public struct CaptureResult
{
    /// <summary>
    /// <see cref="Status.Ok"/>, <see cref="Status.PagesLost"/> for a dump that is there but for some pages, or why
    /// this target did not work.
    /// </summary>
    public Status Status;

    /// <summary>Dump level of the dump as it came out, 0 to 31.</summary>
    public byte DumpLevel;

    /// <summary>Bytes that the sink took.</summary>
    public ulong Bytes;

    /// <summary>Pages that the sink wrote.</summary>
    public ulong PagesWritten;

    /// <summary>Pages that the sink could not write, or that could not be read.</summary>
    public ulong PagesLost;

    /// <summary>When the run began, in the clock's microseconds.</summary>
    public ulong StartMicroseconds;

    /// <summary>When header and notes, the first bytes, were written, in the clock's microseconds; 0 if never.</summary>
    public ulong FirstByteMicroseconds;

    /// <summary>When the run ended, the dump being durable, in the clock's microseconds.</summary>
    public ulong EndMicroseconds;
}
