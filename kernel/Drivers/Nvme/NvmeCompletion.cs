using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Drivers.Nvme;

/// <summary>A completion queue entry (NVMe base 2.0c, 3.3.3.2).</summary>
internal readonly struct NvmeCompletion(uint result, uint dword3)
{
    /// <summary>Size of an entry.</summary>
    public const int SizeBytes = 16;

    /// <summary>Dword 0: command specific.</summary>
    public uint Result { get; } = result;

    /// <summary>Command identifier.</summary>
    public uint CommandId { get; } = dword3 & 0xFFFF;

    /// <summary>Status code type, 0 to 7.</summary>
    public uint StatusCodeType { get; } = dword3 >> 25 & 7;

    /// <summary>Status code, 0 to 255.</summary>
    public uint StatusCode { get; } = dword3 >> 17 & 0xFF;

    /// <summary>What the status means to a caller (NVMe base 2.0c, figures 95 to 98).</summary>
    public Status Status => (StatusCodeType << 8 | StatusCode) switch
    {
        0x000 => Status.Ok,
        // Namespace is Write Protected; Attempted Write to Read Only Range.
        0x020 or 0x182 => Status.WriteProtected,
        // LBA Out of Range.
        0x080 => Status.OutOfMedium,
        _ => Status.RequestFailed,
    };
}
