namespace CosmosKdump.Kernel.Targets;

/// <summary>What a sink tells of itself.</summary>
internal struct SinkNumbers
{
    internal ulong PagesLost;
    internal ulong PagesWritten;
    internal ulong CapacityBytes;
    internal bool CanReadBack;
}
