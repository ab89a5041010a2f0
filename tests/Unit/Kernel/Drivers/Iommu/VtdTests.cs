using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Kernel.Drivers.Iommu;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Tests.Unit.Kernel.Devices;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Iommu;

[Collection(SimulatedMachine.Tests)]
public class VtdTests
{
    private const ulong First = 0xFED9_0000;
    private const ulong Second = 0xFED9_1000;
    private const uint RootTable = SimulatedVtd.RootTable | (1u << 24);

    private readonly SimulatedMachine _machine = new();
    private readonly SimulatedPci _pci;

    public VtdTests()
    {
        _pci = new SimulatedPci(_machine);
        _pci.Add(0, 0, 0, 0x060000);
        PciBuses.Discover();
    }

    [Fact]
    public void All_that_Linux_switched_on_is_switched_off_step_by_step()
    {
        SimulatedVtd unit = new(_machine, First) { Tail = 0x40 };
        SimulatedAcpi.Plant(_machine, "DMAR", SimulatedAcpi.Vtd(First));

        Iommus.StopAll();

        Assert.Empty(unit.Faults);
        Assert.Equal(RootTable, unit.Status);
        Assert.Equal("ckdump: VT-d: translation switched off in 1 IOMMU\n", _machine.Console.ToString());
    }

    [Fact]
    public void A_queue_that_stopped_at_an_error_costs_a_moment()
    {
        SimulatedVtd unit = new(_machine, First) { Tail = 0x40, IsQueueStopped = true };
        SimulatedAcpi.Plant(_machine, "DMAR", SimulatedAcpi.Vtd(First));

        Iommus.StopAll();

        Assert.Empty(unit.Faults);
        Assert.Equal(RootTable, unit.Status);
        Assert.InRange(_machine.Now, 10_000UL, 20_000UL);
    }

    [Fact]
    public void Protected_memory_is_released_even_where_nothing_is_translated()
    {
        SimulatedVtd unit = new(_machine, First, status: 0) { Protected = 0x8000_0001 };
        SimulatedAcpi.Plant(_machine, "DMAR", SimulatedAcpi.Vtd(First));

        Iommus.StopAll();

        Assert.Equal(0u, unit.Protected);
        Assert.Equal("", _machine.Console.ToString());
    }

    [Fact]
    public void Units_that_are_off_are_not_written_to()
    {
        SimulatedVtd unit = new(_machine, First, status: 0);
        SimulatedAcpi.Plant(_machine, "DMAR", SimulatedAcpi.Vtd(First));

        Iommus.StopAll();

        Assert.Equal(0, unit.Writes);
        Assert.Equal("", _machine.Console.ToString());
    }

    [Fact]
    public void All_units_are_switched_off_among_other_structures()
    {
        SimulatedVtd first = new(_machine, First);
        SimulatedVtd second = new(_machine, Second);
        byte[] reserved = [1, 0, 24, 0, .. new byte[20]];
        SimulatedAcpi.Plant(
            _machine, "DMAR", SimulatedAcpi.Vtd(First, flags: 0, scope: [[0, 4, 0]]), reserved, SimulatedAcpi.Vtd(Second));

        Iommus.StopAll();

        Assert.Equal((RootTable, RootTable), (first.Status, second.Status));
        Assert.Contains("in 2 IOMMUs", _machine.Console.ToString());
    }

    [Fact]
    public void A_unit_that_stays_on_is_told_in_bounded_time_and_the_next_is_switched_off()
    {
        SimulatedVtd stuck = new(_machine, First) { Stuck = SimulatedVtd.Translation };
        SimulatedVtd good = new(_machine, Second);
        SimulatedAcpi.Plant(_machine, "DMAR", SimulatedAcpi.Vtd(First), SimulatedAcpi.Vtd(Second));

        Iommus.StopAll();

        Assert.Equal(SimulatedVtd.Translation | RootTable, stuck.Status);
        Assert.Equal(RootTable, good.Status);
        Assert.InRange(_machine.Now, 1_000_000UL, 2_000_000UL);
        Assert.Contains("E409 IOMMU cannot be switched off: VT-d at 0xfed90000, state 0xc1000000", _machine.Console.ToString());
        Assert.Contains("in 1 IOMMU\n", _machine.Console.ToString());
    }

    [Fact]
    public void Interrupts_that_stay_remapped_are_no_hindrance()
    {
        SimulatedVtd unit = new(_machine, First) { Stuck = SimulatedVtd.Interrupts };
        SimulatedAcpi.Plant(_machine, "DMAR", SimulatedAcpi.Vtd(First));

        Iommus.StopAll();

        Assert.Equal(SimulatedVtd.Interrupts | RootTable, unit.Status);
        Assert.Equal("ckdump: VT-d: translation switched off in 1 IOMMU\n", _machine.Console.ToString());
    }

    [Fact]
    public void A_table_full_of_units_that_stay_on_costs_bounded_time()
    {
        List<byte[]> structures = [];
        for (uint i = 0; i < 64; i++)
        {
            _ = new SimulatedVtd(_machine, First + (i * 4096)) { Stuck = uint.MaxValue };
            structures.Add(SimulatedAcpi.Vtd(First + (i * 4096)));
        }
        SimulatedAcpi.Plant(_machine, "DMAR", [.. structures]);

        Iommus.StopAll();

        Assert.InRange(_machine.Now, 10_000_000UL, 15_000_000UL);
    }

    [Fact]
    public void A_unit_for_graphics_alone_is_left_alone()
    {
        _pci.Add(0, 2, 0, 0x030000);
        _pci.Add(0, 3, 0, 0x040300);
        SimulatedVtd graphics = new(_machine, First);
        SimulatedVtd others = new(_machine, Second);
        SimulatedAcpi.Plant(
            _machine,
            "DMAR",
            SimulatedAcpi.Vtd(First, flags: 0, scope: [[0, 2, 0]]),
            SimulatedAcpi.Vtd(Second, flags: 0, scope: [[0, 2, 0], [0, 3, 0]]));

        Iommus.StopAll();

        Assert.Equal((SimulatedVtd.Linux, RootTable), (graphics.Status, others.Status));
    }

    // Their devices cannot be stopped: bus mastering is switched off in segment 0.
    [Fact]
    public void A_unit_of_another_segment_is_left_alone()
    {
        SimulatedVtd unit = new(_machine, First);
        SimulatedAcpi.Plant(_machine, "DMAR", SimulatedAcpi.Vtd(First, segment: 1));

        Iommus.StopAll();

        Assert.Equal(0, unit.Writes);
    }

    [Theory]
    [InlineData(0x00000000)]
    [InlineData(0x00000005)]
    [InlineData(0x12340010)]
    [InlineData(0xFFFFFFFF)]
    public void What_does_not_look_like_a_unit_is_not_written_to(uint version)
    {
        SimulatedVtd memory = new(_machine, First) { Version = version };
        SimulatedAcpi.Plant(_machine, "DMAR", SimulatedAcpi.Vtd(First));

        Iommus.StopAll();

        Assert.Equal(0, memory.Writes);
        Assert.Contains("VT-d at 0xfed90000", _machine.Console.ToString());
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(First + 8)]
    [InlineData(0xFFFF_FFFF_FFFF_F000)]
    public void An_address_that_cannot_be_is_told(ulong address)
    {
        SimulatedVtd unit = new(_machine, First);
        SimulatedAcpi.Plant(_machine, "DMAR", SimulatedAcpi.Vtd(address));

        Iommus.StopAll();

        Assert.Equal(0, unit.Writes);
        Assert.Contains("VT-d at 0x", _machine.Console.ToString());
    }

    [Fact]
    public void A_wrong_checksum_is_told_and_costs_nothing()
    {
        SimulatedVtd unit = new(_machine, First);
        SimulatedAcpi.Plant(_machine, "DMAR", SimulatedAcpi.Vtd(First))[9]++;

        Iommus.StopAll();

        Assert.Equal(RootTable, unit.Status);
        Assert.Contains("E408 ACPI table has a wrong checksum or length: VT-d, ACPI table", _machine.Console.ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(255)]
    public void A_structure_of_a_wrong_length_ends_the_walk_behind_those_before_it(byte length)
    {
        SimulatedVtd first = new(_machine, First);
        SimulatedVtd second = new(_machine, Second);
        byte[] cut = SimulatedAcpi.Vtd(Second);
        cut[2] = length;
        SimulatedAcpi.Plant(_machine, "DMAR", SimulatedAcpi.Vtd(First), cut);

        Iommus.StopAll();

        Assert.Equal((RootTable, 0), (first.Status, second.Writes));
        Assert.Contains("E408", _machine.Console.ToString());
    }

    [Fact]
    public void Whatever_the_table_holds_only_units_are_written_to()
    {
        Random random = new(4);
        for (int round = 0; round < 300; round++)
        {
            SimulatedMachine machine = new();
            SimulatedPci pci = new(machine);
            pci.Add(0, 2, 0, 0x030000);
            SimulatedVtd unit = new(machine, First);
            SimulatedVtd memory = new(machine, Second) { Version = 0 };
            byte[][] structures =
            [
                SimulatedAcpi.Vtd(Second),
                SimulatedAcpi.Vtd(First, flags: 0, scope: [[0, 2, 0], [0, 3, 0]]),
                SimulatedAcpi.Vtd(First),
            ];
            Span<byte> table = SimulatedAcpi.Plant(machine, "DMAR", structures);
            for (int i = random.Next(1, 6); i > 0; i--)
            {
                table[random.Next(4, table.Length)] = (byte)random.Next(256);
            }

            Iommus.StopAll();

            Assert.Equal(0, memory.Writes);
            Assert.Empty(unit.Faults);
            Assert.True(machine.Now < 15_000_000, $"{machine.Now} microseconds");
        }
    }

    [Fact]
    public void Without_tables_nothing_happens()
    {
        SimulatedAcpi.Plant(_machine, "SSDT", Enumerable.Repeat<byte[]>([0, 0, 16, 0], 3).ToArray());

        Iommus.StopAll();

        Assert.Equal("", _machine.Console.ToString());
    }
}
