namespace CosmosKdump.Capture.Input;

/// <summary>Where a dump can go.</summary>
public enum TargetKind : byte
{
    /// <summary>A dump area on a disk or partition.</summary>
    Disk = 0,
    /// <summary>A serial line.</summary>
    Serial = 1,
    /// <summary>A TCP connection.</summary>
    Tcp = 2,
    /// <summary>An HTTP upload.</summary>
    Http = 3,
}
