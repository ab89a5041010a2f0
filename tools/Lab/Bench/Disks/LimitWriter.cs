namespace CosmosKdump.Lab.Bench.Disks;

/// <summary>Who writes when a disk's limit is measured.</summary>
public enum LimitWriter
{
    /// <summary>Linux in the guest, by <c>dd if=/dev/zero oflag=direct bs=1M</c>.</summary>
    Linux,

    /// <summary>The host, by 1 MiB writes into the image file; no guest and no emulated device in between.</summary>
    Host,
}
