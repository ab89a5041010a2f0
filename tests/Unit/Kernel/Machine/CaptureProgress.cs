namespace CosmosKdump.Tests.Unit.Kernel.Machine;

internal static class CaptureProgress
{
    internal static void Made() => SimulatedMachine.Current.ProgressMade++;
}
