using System;
using System.Collections.Generic;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Block;
using CosmosKdump.Kernel.Drivers.Nvme;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Tests.Unit.Kernel.Devices;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Block;

/// <summary>A machine with one NVMe controller, and the driver for it.</summary>
internal sealed class NvmeFixture
{
    public const ulong RegionAddress = 0x10_0000;
    public const ulong SourceAddress = 0x20_0000;
    public const int SourceBytes = 4 << 20;

    public NvmeFixture()
    {
        Pci = new SimulatedPci(Machine);
        Pci.AddBridge(0, 1, 1, 1);
        Function = Pci.Add(1, 0, 0, 0x010802);
        Nvme = new SimulatedNvme(Machine, Function);
        PciBuses.Discover();
        PciControl.DisableAllBusMastering();
        Assert.Equal(Status.Ok, PciDevice.Probe(new PciAddress(1 << 8), out PciDevice device));
        Device = device;
        RandomBytes.Fill(Source);
    }

    public SimulatedMachine Machine { get; } = new();

    public SimulatedPci Pci { get; }

    public SimulatedFunction Function { get; }

    public SimulatedNvme Nvme { get; }

    public PciDevice Device { get; }

    public Disk<NvmeUnit> Disk;

    public SimulatedMedium Medium => Nvme.Namespaces[1];

    public Span<byte> Source => Machine.Memory.AsSpan((int)SourceAddress, SourceBytes);

    public Status Start() => Disk.Start(Device, new DmaRegion(RegionAddress, NvmeUnit.RegionBytes));

    public NvmeFixture Started()
    {
        Assert.Equal(Status.Ok, Start());
        Assert.Equal(Status.Ok, Disk.SelectUnit(0));
        return this;
    }

    /// <summary>A write of blocks to the place that they have in the source.</summary>
    public BlockWrite Write(ulong block, uint count)
    {
        ulong offset = block * (ulong)Medium.BlockBytes;
        Assert.Equal(0u, offset % 4096);
        return new BlockWrite(block, SourceAddress + offset, count);
    }

    /// <summary>Writes the whole medium in pieces, and drains.</summary>
    public Status WriteAll(uint blocksPerWrite)
    {
        for (ulong block = 0; block < Disk.BlockCount; block += blocksPerWrite)
        {
            Status status = Disk.Submit(Write(block, blocksPerWrite));
            if (status != Status.Ok)
            {
                return status;
            }
        }
        return Disk.Drain();
    }

    public List<(ulong Block, Status Why)> Failures() => DiskRuns.Failures(ref Disk);
}
