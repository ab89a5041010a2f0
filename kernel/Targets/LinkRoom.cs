namespace CosmosKdump.Kernel.Targets;

/// <summary>What a network card has room for.</summary>
internal struct LinkRoom
{
    internal int FreeFrames;
    internal int FramesInFlight;
}
