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

/// <summary>A machine with one virtio SCSI controller, a disk at target 3, LUN 2, and the driver for it.</summary>
internal sealed class VirtioScsiFixture
{
    public const ulong SourceAddress = 0x20_0000;

    public VirtioScsiFixture(bool isModern = true, bool isLegacy = false, int blockBytes = 512)
    {
        SimulatedPci pci = new(Machine);
        Scsi = new SimulatedVirtioScsi(Machine, pci, isModern, isLegacy);
        Unit = new SimulatedScsiDisk(new SimulatedMedium(blockBytes, (4 << 20) / blockBytes));
        Scsi.Units.Add((3, 2), Unit);
        PciBuses.Discover();
        PciControl.DisableAllBusMastering();
        Assert.Equal(Status.Ok, PciDevice.Probe(new PciAddress(3 << 3), out PciDevice device));
        Device = device;
        RandomBytes.Fill(Source);
    }

    public SimulatedMachine Machine { get; } = new();

    public SimulatedVirtioScsi Scsi { get; }

    public SimulatedScsiDisk Unit { get; }

    public PciDevice Device { get; }

    public Disk<VirtioScsiUnit> Disk;

    public Span<byte> Source => Machine.Memory.AsSpan((int)SourceAddress, 4 << 20);

    public string Console => Machine.Console.ToString();

    public bool IsMaster => (PciConfig.Read16(Device.Address, PciRegister.Command) & PciRegister.CommandBusMaster) != 0;

    public Status Start() => Disk.Start(Device, new DmaRegion(0x10_0000, VirtioScsiUnit.RegionBytes));

    public VirtioScsiFixture Started()
    {
        Assert.Equal(Status.Ok, Start());
        Assert.Equal(Status.Ok, Disk.SelectUnit(0));
        return this;
    }

    public BlockWrite Write(ulong block, uint count) =>
        new(block + Unit.BlocksBefore, SourceAddress + (block * (ulong)Unit.Medium.BlockBytes), count);

    public Status WriteAll(uint blocksPerWrite) => DiskRuns.WriteAll(ref Disk, blocksPerWrite, Write);

    public List<(ulong Block, Status Why)> Failures() => DiskRuns.Failures(ref Disk);

    public void MustBeWritten() => Assert.True(Source.SequenceEqual(Unit.Medium.Bytes));
}
