namespace CosmosKdump.Kernel.Drivers.Nvme;

/// <summary>Opcodes and the arguments used with them (NVMe base 2.0c, figures 138 and 390; NVM command set 1.0c).</summary>
internal static class NvmeOpcode
{
    /// <summary>Admin: create I/O submission queue.</summary>
    public const byte CreateSubmissionQueue = 0x01;

    /// <summary>Admin: create I/O completion queue.</summary>
    public const byte CreateCompletionQueue = 0x05;

    /// <summary>Admin: identify.</summary>
    public const byte Identify = 0x06;

    /// <summary>Admin: set features.</summary>
    public const byte SetFeatures = 0x09;

    /// <summary>I/O: flush.</summary>
    public const byte Flush = 0x00;

    /// <summary>I/O: write.</summary>
    public const byte Write = 0x01;

    /// <summary>I/O: read.</summary>
    public const byte Read = 0x02;

    /// <summary>Identify CNS: a namespace.</summary>
    public const uint IdentifyNamespace = 0x00;

    /// <summary>Identify CNS: the controller.</summary>
    public const uint IdentifyController = 0x01;

    /// <summary>Identify CNS: active namespace IDs above the given one.</summary>
    public const uint IdentifyActiveNamespaces = 0x02;

    /// <summary>Feature: number of queues.</summary>
    public const uint FeatureQueueCount = 0x07;

    /// <summary>Create queue: physically contiguous.</summary>
    public const uint QueueContiguous = 1;
}
