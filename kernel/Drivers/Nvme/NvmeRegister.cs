namespace CosmosKdump.Kernel.Drivers.Nvme;

/// <summary>Controller registers in BAR 0 and their fields (NVMe base 2.0c, 3.1.3).</summary>
internal static class NvmeRegister
{
    /// <summary>CAP, capabilities, 64 bits (3.1.3.1).</summary>
    public const uint Capabilities = 0x00;

    /// <summary>VS, version (3.1.3.2).</summary>
    public const uint Version = 0x08;

    /// <summary>INTMS, interrupt mask set (3.1.3.3).</summary>
    public const uint InterruptMaskSet = 0x0C;

    /// <summary>CC, configuration (3.1.3.5).</summary>
    public const uint Configuration = 0x14;

    /// <summary>CSTS, status (3.1.3.6).</summary>
    public const uint Status = 0x1C;

    /// <summary>AQA, admin queue attributes (3.1.3.8).</summary>
    public const uint AdminQueueAttributes = 0x24;

    /// <summary>ASQ, admin submission queue, 64 bits (3.1.3.9).</summary>
    public const uint AdminSubmissionQueue = 0x28;

    /// <summary>ACQ, admin completion queue, 64 bits (3.1.3.10).</summary>
    public const uint AdminCompletionQueue = 0x30;

    /// <summary>CRTO, controller ready timeouts (3.1.3.20).</summary>
    public const uint ReadyTimeouts = 0x68;

    /// <summary>First doorbell (transport 1.0c for PCIe, 3.1.2).</summary>
    public const uint Doorbells = 0x1000;

    /// <summary>CC.EN.</summary>
    public const uint ConfigurationEnable = 1;

    /// <summary>CC.SHN, the field.</summary>
    public const uint ConfigurationShutdownMask = 3u << 14;

    /// <summary>CC.SHN: normal shutdown.</summary>
    public const uint ConfigurationShutdownNormal = 1u << 14;

    /// <summary>CC.IOSQES = 6 (64 bytes) and CC.IOCQES = 4 (16 bytes), CC.MPS = 0 (4 KiB), CC.AMS = 0.</summary>
    public const uint ConfigurationEntrySizes = (6u << 16) | (4u << 20);

    /// <summary>CC.CSS: all supported I/O command sets.</summary>
    public const uint ConfigurationAllCommandSets = 6u << 4;

    /// <summary>CSTS.RDY.</summary>
    public const uint StatusReady = 1;

    /// <summary>CSTS.CFS, controller fatal status.</summary>
    public const uint StatusFatal = 1u << 1;

    /// <summary>CSTS.SHST, the field.</summary>
    public const uint StatusShutdownMask = 3u << 2;

    /// <summary>CSTS.SHST: shutdown complete.</summary>
    public const uint StatusShutdownComplete = 2u << 2;

    /// <summary>What every register reads as when the device is gone.</summary>
    public const uint Gone = uint.MaxValue;

    /// <summary>NVMe 1.1, from which on Identify lists active namespaces (CNS 02h).</summary>
    public const uint Version11 = 0x0001_0100;
}
