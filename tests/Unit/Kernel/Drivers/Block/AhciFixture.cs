using System;
using System.Collections.Generic;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Ahci;
using CosmosKdump.Kernel.Drivers.Block;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Tests.Unit.Kernel.Devices;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Block;

/// <summary>A machine with one AHCI controller and a disk on its third port, and the driver for it.</summary>
internal sealed class AhciFixture
{
    public const ulong RegionAddress = 0x10_0000;
    public const ulong SourceAddress = 0x20_0000;
    public const int SourceBytes = 4 << 20;
    public const ulong FourGiB = 1UL << 32;

    public AhciFixture()
    {
        Pci = new SimulatedPci(Machine);
        Function = Pci.Add(0, 31, 2, 0x010601);
        Pci.Add(0, 31, 0, 0x060100).Set8(0x0E, 0x80);
        Ahci = new SimulatedAhci(Machine, Function);
        Plug(2, new SimulatedMedium(512, 8192));
        PciBuses.Discover();
        PciControl.DisableAllBusMastering();
        Assert.Equal(Status.Ok, PciDevice.Probe(new PciAddress((31 << 3) | 2), out PciDevice device));
        Device = device;
        OldMemory.Unreadable.Clear();
        LowDmaMemory.Return();
        RandomBytes.Fill(Source);
    }

    public SimulatedMachine Machine { get; } = new();

    public SimulatedPci Pci { get; }

    public SimulatedFunction Function { get; }

    public SimulatedAhci Ahci { get; }

    public PciDevice Device { get; }

    public Disk<AhciUnit> Disk;

    public SimulatedAhciPort Port => Ahci.Ports[2];

    public SimulatedAtaDisk Ata => Port.Disk!;

    public SimulatedMedium Medium => Ata.Medium;

    public Span<byte> Source => Machine.Memory.AsSpan((int)SourceAddress, SourceBytes);

    public string Console => Machine.Console.ToString();

    public SimulatedAtaDisk Plug(int port, SimulatedMedium medium) => Ahci.Ports[port].Disk = new SimulatedAtaDisk(medium);

    public Status Start(ulong region = RegionAddress) => Disk.Start(Device, new DmaRegion(region, AhciUnit.RegionBytes));

    public AhciFixture Started(ulong region = RegionAddress)
    {
        Assert.Equal(Status.Ok, Start(region));
        Assert.Equal(Status.Ok, Disk.SelectUnit(0));
        return this;
    }

    /// <summary>A write of blocks to the place that they have in the source, or in the same memory above 4 GiB.</summary>
    public BlockWrite Write(ulong block, uint count, bool isHigh = false) =>
        new(block, (isHigh ? FourGiB : 0) + SourceAddress + (block * (ulong)Medium.BlockBytes), count);

    /// <summary>Writes the whole medium in pieces, and drains.</summary>
    public Status WriteAll(uint blocksPerWrite, bool isHigh = false)
    {
        for (ulong block = 0; block < Disk.BlockCount; block += blocksPerWrite)
        {
            Status status = Disk.Submit(Write(block, blocksPerWrite, isHigh));
            if (status != Status.Ok)
            {
                return status;
            }
        }
        return Disk.Drain();
    }

    /// <summary>Every byte of the medium is what it should be.</summary>
    public void MustBeWritten() => Assert.True(Source.SequenceEqual(Medium.Bytes));

    public List<(ulong Block, Status Why)> Failures() => DiskRuns.Failures(ref Disk);
}
