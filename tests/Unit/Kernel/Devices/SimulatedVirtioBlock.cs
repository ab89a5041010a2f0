using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using CosmosKdump.Tests.Unit.Kernel.Machine;

namespace CosmosKdump.Tests.Unit.Kernel.Devices;

/// <summary>A virtio block device (virtio 1.2, 5.2).</summary>
internal sealed class SimulatedVirtioBlock : SimulatedVirtioDevice
{
    public SimulatedVirtioBlock(SimulatedMachine machine, SimulatedPci pci, bool isModern, bool isLegacy)
        : base(machine, pci, isLegacy ? (ushort)0x1001 : (ushort)0x1042, 0, isModern, isLegacy)
    {
        Features |= 1UL << 9;
        SetMedium(new SimulatedMedium(512, 8192));
    }

    public SimulatedMedium Medium { get; private set; } = new(512, 8);

    public void SetMedium(SimulatedMedium medium)
    {
        Medium = medium;
        BinaryPrimitives.WriteUInt64LittleEndian(Config, (ulong)medium.Bytes.Length / 512);
        if (medium.BlockBytes != 512)
        {
            Features |= 1UL << 6;
        }
        BinaryPrimitives.WriteInt32LittleEndian(Config[20..], medium.BlockBytes);
    }

    protected override bool Run(List<SimulatedDescriptor> chain)
    {
        SimulatedVirtioRequest.Run(Medium, chain);
        return true;
    }
}
