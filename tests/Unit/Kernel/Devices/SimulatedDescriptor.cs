namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>A descriptor of a virtqueue.</summary>
internal readonly record struct SimulatedDescriptor(ulong Address, int Length, ushort Flags, ushort Next)
{
    public bool GoesOn => (Flags & 1) != 0;

    public bool IsWritable => (Flags & 2) != 0;

    public bool IsIndirect => (Flags & 4) != 0;
}
