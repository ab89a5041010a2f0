using System;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Net;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Net;

/// <summary>A driver of network cards: takes a PCI function, and is used as a link after <see cref="Start"/>.</summary>
internal interface INetworkDriver : INetworkLink
{
    /// <summary>Name for the console.</summary>
    ReadOnlySpan<byte> Name { get; }

    /// <summary>Whether the driver handles this function.</summary>
    bool Supports(in PciDevice device);

    /// <summary>
    /// Enables and resets the function from any state, and gives it buffers to receive into. The memory must be page
    /// aligned, of at least the driver's <c>RegionBytes</c>, and belong to it until <see cref="Stop"/>. Does not wait for
    /// a carrier. The function's bus mastering is off again when this fails.
    /// </summary>
    Status Start(in PciDevice device, in DmaRegion region);

    /// <summary>Ends all DMA of the function. Safe in every state.</summary>
    void Stop();
}
