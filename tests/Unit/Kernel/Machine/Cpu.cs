using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Tests.Unit.Kernel.Machine;

internal static class Cpu
{
    internal static void Pause() => SimulatedMachine.Current.Pause();

    internal static void StoreFence()
    {
    }

    internal static void FullFence()
    {
    }

    internal static CpuIdResult CpuId(uint leaf, uint subleaf) =>
        SimulatedMachine.Current.CpuIds.TryGetValue(leaf, out CpuIdResult result) ? result : default;

    /// <summary>A register that is not there is a general protection fault on a CPU, and an exception here.</summary>
    internal static ulong ReadMsr(uint msr) => SimulatedMachine.Current.Msrs[msr];
}
