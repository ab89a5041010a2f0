using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Drivers.Block;

/// <summary>The end of a request as the device told it.</summary>
internal readonly struct RequestResult(uint slot, Status status, uint deviceCode)
{
    /// <summary>The slot that the device named; not checked yet.</summary>
    public uint Slot { get; } = slot;

    /// <summary>What it means.</summary>
    public Status Status { get; } = status;

    /// <summary>The device's own code, for the console.</summary>
    public uint DeviceCode { get; } = deviceCode;
}
