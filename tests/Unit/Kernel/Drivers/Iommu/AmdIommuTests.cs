using System;
using CosmosKdump.Kernel.Drivers.Iommu;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Tests.Unit.Kernel.Devices;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Iommu;

[Collection(SimulatedMachine.Tests)]
public class AmdIommuTests
{
    private const ulong Address = 0xFEB8_0000;
    private const ushort Function = 0x0002;
    private const uint Coherent = 1 << 10;

    private readonly SimulatedMachine _machine = new();
    private readonly SimulatedPci _pci;
    private readonly SimulatedFunction _function;

    public AmdIommuTests()
    {
        _pci = new SimulatedPci(_machine);
        _pci.Add(0, 0, 0, 0x060000).Set8(0x0E, 0x80);
        _function = _pci.Add(0, 0, 2, 0x080600, vendor: 0x1022);
        _function.AddCapability(0x40, 0x0F, 0x0B);
        PciBuses.Discover();
    }

    [Fact]
    public void Commands_and_logs_end_before_translation_does()
    {
        SimulatedAmdIommu unit = new(_machine, Address);
        SimulatedAcpi.Plant(_machine, "IVRS", SimulatedAcpi.Amd(Address, Function));

        Iommus.StopAll();

        Assert.Empty(unit.Faults);
        Assert.Equal(Coherent, unit.Control);
        Assert.Equal("ckdump: AMD-Vi: translation switched off in 1 IOMMU\n", _machine.Console.ToString());
    }

    [Fact]
    public void One_that_several_blocks_tell_of_counts_once()
    {
        SimulatedAmdIommu unit = new(_machine, Address);
        SimulatedAcpi.Plant(
            _machine,
            "IVRS",
            SimulatedAcpi.Amd(Address, Function),
            [0x20, 8, 32, 0, .. new byte[28]],
            SimulatedAcpi.Amd(Address, Function, type: 0x11),
            SimulatedAcpi.Amd(Address, Function, type: 0x40));

        Iommus.StopAll();

        Assert.Equal(2, unit.Writes);
        Assert.Equal("ckdump: AMD-Vi: translation switched off in 1 IOMMU\n", _machine.Console.ToString());
    }

    [Fact]
    public void One_that_is_off_is_not_written_to()
    {
        SimulatedAmdIommu unit = new(_machine, Address, control: Coherent);
        SimulatedAcpi.Plant(_machine, "IVRS", SimulatedAcpi.Amd(Address, Function));

        Iommus.StopAll();

        Assert.Equal(0, unit.Writes);
        Assert.Equal("", _machine.Console.ToString());
    }

    // As with SEV-SNP, which locks the register.
    [Fact]
    public void One_that_stays_on_is_told_in_bounded_time()
    {
        SimulatedAmdIommu unit = new(_machine, Address) { Locked = 1 };
        SimulatedAcpi.Plant(_machine, "IVRS", SimulatedAcpi.Amd(Address, Function));

        Iommus.StopAll();

        Assert.Equal(Coherent | 1, unit.Control);
        Assert.InRange(_machine.Now, 1_000_000UL, 2_500_000UL);
        Assert.Equal(
            "ckdump: E409 IOMMU cannot be switched off: AMD-Vi at 0xfeb80000, state 0x401\n", _machine.Console.ToString());
    }

    [Fact]
    public void One_whose_log_runs_on_is_switched_off_all_the_same()
    {
        SimulatedAmdIommu unit = new(_machine, Address) { KeepsRunning = true };
        SimulatedAcpi.Plant(_machine, "IVRS", SimulatedAcpi.Amd(Address, Function));

        Iommus.StopAll();

        Assert.Equal(Coherent, unit.Control);
        Assert.Equal("ckdump: AMD-Vi: translation switched off in 1 IOMMU\n", _machine.Console.ToString());
    }

    [Fact]
    public void Without_its_function_nothing_is_written()
    {
        SimulatedAmdIommu memory = new(_machine, Address);
        _function.Set8(0x40, 0x09);
        SimulatedAcpi.Plant(
            _machine, "IVRS", SimulatedAcpi.Amd(Address, Function), SimulatedAcpi.Amd(Address, 0x0010));

        Iommus.StopAll();

        Assert.Equal(0, memory.Writes);
        Assert.Contains("E405 device lacks a needed feature: AMD-Vi at 0xfeb80000", _machine.Console.ToString());
    }

    [Fact]
    public void One_of_another_segment_is_left_alone()
    {
        SimulatedAmdIommu unit = new(_machine, Address);
        SimulatedAcpi.Plant(_machine, "IVRS", SimulatedAcpi.Amd(Address, Function, segment: 1));

        Iommus.StopAll();

        Assert.Equal(0, unit.Writes);
    }

    [Fact]
    public void Whatever_the_table_holds_the_end_comes_and_nothing_else_is_written_to()
    {
        Random random = new(5);
        for (int round = 0; round < 300; round++)
        {
            SimulatedMachine machine = new();
            SimulatedPci pci = new(machine);
            pci.Add(0, 0, 2, 0x080600, vendor: 0x1022).AddCapability(0x40, 0x0F, 0x0B);
            SimulatedAmdIommu unit = new(machine, Address);
            Span<byte> table = SimulatedAcpi.Plant(
                machine,
                "IVRS",
                SimulatedAcpi.Amd(Address, Function),
                SimulatedAcpi.Amd(Address, Function, type: 0x40));
            for (int i = random.Next(1, 6); i > 0; i--)
            {
                table[random.Next(4, table.Length)] = (byte)random.Next(256);
            }

            Iommus.StopAll();

            Assert.Empty(unit.Faults);
            Assert.True(machine.Now < 15_000_000, $"{machine.Now} microseconds");
        }
    }
}
