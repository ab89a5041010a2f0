namespace CosmosKdump.Tests.Unit.Kernel.Machine;

internal static class Clock
{
    internal static ulong Microseconds => SimulatedMachine.Current.Now;
}
