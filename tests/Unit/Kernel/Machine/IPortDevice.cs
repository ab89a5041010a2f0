namespace CosmosKdump.Tests.Unit.Kernel.Machine;

/// <summary>A simulated device behind I/O ports.</summary>
internal interface IPortDevice
{
    bool HasPort(ushort port);

    uint ReadPort(ushort port, int width);

    void WritePort(ushort port, int width, uint value);
}
