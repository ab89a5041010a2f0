namespace CosmosKdump.Kernel.Machine;

/// <summary>How the clock was calibrated.</summary>
internal enum ClockSource : byte
{
    Assumed,
    CpuId,
    Hypervisor,
    Timer8254,
}
