namespace CosmosKdump.Kernel.Drivers.Block;

/// <summary>What a request asks of a disk.</summary>
internal enum RequestKind : byte
{
    /// <summary>From the medium into memory.</summary>
    Read,
    /// <summary>From memory to the medium.</summary>
    Write,
    /// <summary>Completed writes become durable.</summary>
    Flush,
}
