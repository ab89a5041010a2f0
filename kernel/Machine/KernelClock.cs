using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Machine;

/// <summary>The clock as the capture pipeline's port.</summary>
internal readonly struct KernelClock : IClock
{
    public ulong Microseconds => Clock.Microseconds;
}
