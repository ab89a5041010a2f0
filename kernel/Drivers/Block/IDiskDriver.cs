using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Block;

/// <summary>
/// A disk driver: takes a PCI function, offers the units behind it one at a time, and is used as
/// <see cref="IBlockDevice"/> after <see cref="SelectUnit"/>.
/// </summary>
internal interface IDiskDriver : IBlockDevice
{
    /// <summary>Whether the driver handles this function.</summary>
    bool Supports(in PciDevice device);

    /// <summary>
    /// Enables and resets the function from any state. The memory must be page aligned, of at least the driver's
    /// <c>RegionBytes</c>, and belong to it until <see cref="Stop"/>.
    /// </summary>
    Status Start(in PciDevice device, in DmaRegion region);

    /// <summary>Units (NVMe: active namespaces) found by <see cref="Start"/>.</summary>
    int UnitCount { get; }

    /// <summary>
    /// Makes one unit the block device; nothing may be in flight. A controller that does not answer is broken after it,
    /// until <see cref="IBlockDevice.Recover"/>.
    /// </summary>
    Status SelectUnit(int index);

    /// <summary>Ends all DMA of the function. Safe in every state.</summary>
    void Stop();
}
