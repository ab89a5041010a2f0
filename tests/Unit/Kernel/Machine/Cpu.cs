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
}
