namespace CosmosKdump.Tests.Unit.Kernel.Machine;

internal static class LowDmaMemory
{
    internal const ulong Address = 0x1_0000;

    internal static bool IsTaken { get; private set; }

    internal static DmaRegion Take()
    {
        IsTaken = true;
        return new DmaRegion(Address, 160 * 1024);
    }

    internal static void Return() => IsTaken = false;
}
