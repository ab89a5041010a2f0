using System;
using System.Collections.Generic;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Block;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Drivers.Virtio;
using CosmosKdump.Tests.Unit.Kernel.Devices;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Block;

/// <summary>A machine with one virtio block device, and the driver for it.</summary>
internal sealed class VirtioFixture
{
    public const ulong SourceAddress = 0x20_0000;

    public VirtioFixture(bool isModern, bool isLegacy)
    {
        SimulatedPci pci = new(Machine);
        Virtio = new SimulatedVirtioBlock(Machine, pci, isModern, isLegacy);
        PciBuses.Discover();
        PciControl.DisableAllBusMastering();
        Assert.Equal(Status.Ok, PciDevice.Probe(new PciAddress(3 << 3), out PciDevice device));
        Device = device;
        RandomBytes.Fill(Source);
    }

    public SimulatedMachine Machine { get; } = new();

    public SimulatedVirtioBlock Virtio { get; }

    public PciDevice Device { get; }

    public Disk<VirtioBlockUnit> Disk;

    public Span<byte> Source => Machine.Memory.AsSpan((int)SourceAddress, 4 << 20);

    public bool IsMaster => (PciConfig.Read16(Device.Address, PciRegister.Command) & PciRegister.CommandBusMaster) != 0;

    public Status Start() => Disk.Start(Device, new DmaRegion(0x10_0000, VirtioBlockUnit.RegionBytes));

    public VirtioFixture Started()
    {
        Assert.Equal(Status.Ok, Start());
        Assert.Equal(Status.Ok, Disk.SelectUnit(0));
        return this;
    }

    public BlockWrite Write(ulong block, uint count) =>
        new(block, SourceAddress + (block * (ulong)Virtio.Medium.BlockBytes), count);

    public Status WriteAll(uint blocksPerWrite) => DiskRuns.WriteAll(ref Disk, blocksPerWrite, Write);

    public List<(ulong Block, Status Why)> Failures() => DiskRuns.Failures(ref Disk);
}
