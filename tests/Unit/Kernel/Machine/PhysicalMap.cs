using CosmosKdump.Capture;

namespace CosmosKdump.Tests.Unit.Kernel.Machine;

internal static class PhysicalMap
{
    internal static Status MapDevice(ulong physical, ulong lengthBytes, out Mmio window)
    {
        window = new Mmio(physical, lengthBytes);
        return Status.Ok;
    }

    internal static void Keep()
    {
    }

    internal static void Reset()
    {
    }
}
