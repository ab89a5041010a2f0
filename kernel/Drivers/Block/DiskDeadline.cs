namespace CosmosKdump.Kernel.Drivers.Block;

/// <summary>How long disk drivers wait.</summary>
internal static class DiskDeadline
{
    /// <summary>Longest time without any completion while requests are in flight, milliseconds.</summary>
    public const uint RequestMilliseconds = 10_000;

    /// <summary>Longest time for a flush: a large cache empties at the speed of the medium.</summary>
    public const uint FlushMilliseconds = 30_000;

    /// <summary>Interval at which a waiting driver reads the device's status register, which is slow.</summary>
    public const uint HealthMilliseconds = 10;

    /// <summary>Requests that are announced to the device together at most.</summary>
    public const int BatchRequests = 8;

    /// <summary>Failed requests that are told one by one on the console; the rest only count.</summary>
    public const int FailuresTold = 8;
}
