namespace CosmosKdump.Tests.Unit.Kernel.Machine;

/// <summary>A simulated device behind a window of physical addresses.</summary>
internal interface IMmioDevice
{
    bool HasAddress(ulong address);

    ulong ReadWindow(ulong address, int width);

    void WriteWindow(ulong address, int width, ulong value);
}
