namespace CosmosKdump.Lab.Bench;

/// <summary>A part of the bench, which can be measured alone.</summary>
public enum BenchPart
{
    /// <summary>Full ELF dumps against <c>dd</c> of <c>/proc/vmcore</c>, the disk's own limit, and reservations.</summary>
    Disks,

    /// <summary>Dumps of level 31 with each compressor and with one CPU and two, against makedumpfile.</summary>
    Dumps,

    /// <summary>The filter at 16 and 64 GiB, and whole dumps of these guests.</summary>
    Filter,

    /// <summary><c>ckdump convert</c> on the host against makedumpfile: time and size.</summary>
    Convert,

    /// <summary><c>ckdump save</c> on the host against <c>cp --sparse=always</c>.</summary>
    Save,

    /// <summary>TCP over the host's networks, against Linux in a guest.</summary>
    Network,
}
