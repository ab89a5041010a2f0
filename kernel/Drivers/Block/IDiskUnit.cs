using System;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Block;

/// <summary>
/// What a kind of disk controller adds to <see cref="Disk{TUnit}"/>: bring-up, and a queue of requests by slot number.
/// </summary>
internal interface IDiskUnit
{
    /// <summary>Name for the console.</summary>
    ReadOnlySpan<byte> Name { get; }

    /// <summary>Whether the driver handles this function.</summary>
    bool Supports(in PciDevice device);

    /// <summary>Maps and resets the controller. Its bus mastering is off again when this fails.</summary>
    Status Start(in PciDevice device, in DmaRegion region);

    /// <summary>Resets the controller; all requests in flight are forgotten by both sides.</summary>
    Status Restart();

    /// <summary>Units found by <see cref="Start"/>.</summary>
    int UnitCount { get; }

    /// <summary>Chooses a unit and tells its geometry.</summary>
    Status Select(int index, out DiskGeometry geometry);

    /// <summary>Requests that may be in flight, 1 to <see cref="RequestSlots.Most"/>.</summary>
    int SlotCount { get; }

    /// <summary>Completed writes need <see cref="RequestKind.Flush"/> to become durable.</summary>
    bool HasWriteCache { get; }

    /// <summary>Requests pushed that the device was not told of.</summary>
    int Unannounced { get; }

    /// <summary>Puts a checked request into a free slot's place in the queue.</summary>
    void Push(RequestKind kind, int slot, in BlockWrite request);

    /// <summary>Tells the device of all requests pushed.</summary>
    void Announce();

    /// <summary>Takes the next request that ended.</summary>
    bool TryPop(out RequestResult result);

    /// <summary>Gives room for results back to the device, at the latest when nothing is in flight.</summary>
    void Release(bool isIdle);

    /// <summary>
    /// Looks at the device itself: <see cref="Status.DeviceFailed"/> or <see cref="Status.DeviceGone"/> when it cannot
    /// complete anything any more.
    /// </summary>
    Status Health();

    /// <summary>Resets the controller and ends its bus mastering. Safe in every state.</summary>
    void Stop();
}
