using System;
using CosmosKdump.Kernel.Drivers.Iommu;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Tests.Unit.Kernel.Devices;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Iommu;

[Collection(SimulatedMachine.Tests)]
public class ExtendedControlTests
{
    private const ulong Unit = 0xFED9_0000;
    private const ulong Window = 0xB000_0000;
    private const uint Ids = 0x1234_8086;
    private const uint Enabled = 0x8005_0060;
    private const uint Disabled = 0x0005_0060;

    private readonly SimulatedMachine _machine = new();
    private readonly SimulatedPci _pci;
    private readonly SimulatedExtendedSpace _space;

    public ExtendedControlTests()
    {
        _pci = new SimulatedPci(_machine);
        _pci.Add(0, 0, 0, 0x060000);
        _pci.AddBridge(0, 1, 1, 1);
        _pci.Add(1, 2, 0, 0x010802).AddCapability(0x40, 0x10, 0x02);
        PciBuses.Discover();
        _space = new SimulatedExtendedSpace(_machine, Window + 0x110000, Ids);
        // Advanced error reporting, then address translation services.
        _space.Set(0x100, 0x1401_0001);
        _space.Set(0x140, 0x0001_000F);
        _space.Set(0x144, Enabled);
        _ = new SimulatedVtd(_machine, Unit);
        SimulatedAcpi.Plant(_machine, "DMAR", SimulatedAcpi.Vtd(Unit));
    }

    [Fact]
    public void A_device_that_asks_the_IOMMU_itself_asks_no_more()
    {
        SimulatedAcpi.PlantWindow(_machine, Window);

        Iommus.StopAll();

        Assert.Equal(Disabled, _space.Get(0x144));
        Assert.EndsWith("ckdump: translation switched off in 1 device\n", _machine.Console.ToString());
    }

    [Fact]
    public void Where_no_IOMMU_was_on_nobody_looks()
    {
        SimulatedAcpi.PlantWindow(_machine, Window);
        SimulatedAcpi.Plant(_machine, "SSDT");

        Iommus.StopAll();

        Assert.Equal(0, _space.Writes);
    }

    /// <summary>They hold addresses of a virtual machine, and show themselves to nobody who walks the buses.</summary>
    [Fact]
    public void Virtual_functions_end_whether_an_IOMMU_is_on_or_not()
    {
        SimulatedAcpi.PlantWindow(_machine, Window);
        _space.Set(0x140, 0x1801_000F);
        _space.Set(0x180, 0x0001_0010);
        _space.Set(0x188, 0x0000_0019);

        Iommus.StopAll();

        Assert.Equal(0x10u, _space.Get(0x188));
        Assert.Contains("ckdump: virtual functions switched off in 1 device\n", _machine.Console.ToString());
    }

    [Fact]
    public void Another_segments_window_is_not_used()
    {
        SimulatedAcpi.PlantWindow(_machine, Window, segment: 2);

        Iommus.StopAll();

        Assert.Equal(0, _space.Writes);
    }

    [Fact]
    public void A_window_that_does_not_show_the_function_is_not_written_to()
    {
        SimulatedAcpi.PlantWindow(_machine, Window);
        _space.Set(0, 0x1234_8087);

        Iommus.StopAll();

        Assert.Equal(0, _space.Writes);
    }

    [Theory]
    [InlineData(0x1001_0001u)]
    [InlineData(0x1411_0001u)]
    [InlineData(0x0001_0001u)]
    [InlineData(0xFFC1_0001)]
    [InlineData(0xFFFF_FFFF)]
    public void A_list_that_loops_or_leads_nowhere_ends(uint head)
    {
        SimulatedAcpi.PlantWindow(_machine, Window);
        _space.Set(0x100, head);
        _space.Set(0x140, 0x1001_0001);

        Iommus.StopAll();

        Assert.Equal(0, _space.Writes);
    }

    [Fact]
    public void Whatever_the_table_holds_the_end_comes()
    {
        Random random = new(6);
        for (int round = 0; round < 1000; round++)
        {
            Span<byte> table = SimulatedAcpi.PlantWindow(_machine, Window);
            for (int i = random.Next(1, 6); i > 0; i--)
            {
                table[random.Next(4, table.Length)] = (byte)random.Next(256);
            }
            SimulatedAcpi.Sum(table, 9);

            Assert.InRange(ExtendedControl.TranslationServices.ClearAll(), 0, 1);
            Assert.InRange(ExtendedControl.VirtualFunctions.ClearAll(), 0, 1);
            _space.Set(0x144, Enabled);
        }
    }
}
