using System.Collections.Generic;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Tests.Unit.Kernel.Devices;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Pci;

[Collection(SimulatedMachine.Tests)]
public class PciBusTests
{
    // A probe of every function of every bus, twice over, is the most a hostile topology may cost.
    private const int MostAccesses = 256 * 32 * 8 * 2 * 4;

    private readonly SimulatedPci _pci = new(new SimulatedMachine());

    [Fact]
    public void A_machine_without_mechanism_1_has_no_buses()
    {
        _ = new SimulatedMachine();

        Assert.Equal(0, PciBuses.Discover());
        Assert.Empty(Found(PciDeviceWalk.All()));
    }

    [Fact]
    public void Devices_behind_nested_bridges_are_found()
    {
        _pci.AddBridge(0, 1, 1, 2);
        _pci.AddBridge(1, 0, 2, 2);
        _pci.Add(2, 0, 0, 0x010802);

        Assert.Equal(3, PciBuses.Discover());
        Assert.Equal(["00:01.0", "01:00.0", "02:00.0"], Found(PciDeviceWalk.All()));
    }

    [Fact]
    public void Devices_of_a_second_root_bus_are_found()
    {
        _pci.Add(0, 0, 0, 0x060000);
        _pci.AddBridge(0x80, 2, 0x81, 0x81);
        _pci.Add(0x81, 0, 0, 0x010802);

        Assert.Equal(3, PciBuses.Discover());
        Assert.Equal(["81:00.0"], Found(PciDeviceWalk.All(), 0x010802, 0xFFFFFF));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void Bridges_that_lead_back_end_the_walk(int secondary)
    {
        _pci.AddBridge(0, 1, 5, 255);
        _pci.AddBridge(5, 0, secondary, 255);
        _pci.AddBridge(5, 1, 5, 0);

        PciBuses.Discover();

        Assert.True(_pci.Accesses < MostAccesses);
        Assert.Contains("05:01.0", Found(PciDeviceWalk.All()));
    }

    [Fact]
    public void Functions_above_0_are_looked_at_only_where_function_0_announces_them()
    {
        _pci.Add(0, 3, 0, 0x020000).Set8(0x0E, 0x80);
        _pci.Add(0, 3, 5, 0x020000);
        _pci.Add(0, 4, 0, 0x020000);
        _pci.Add(0, 4, 5, 0x020000);
        _pci.Add(0, 5, 5, 0x020000);

        PciBuses.Discover();

        Assert.Equal(["00:03.0", "00:03.5", "00:04.0"], Found(PciDeviceWalk.All()));
    }

    [Fact]
    public void A_class_is_compared_without_the_bits_outside_its_mask()
    {
        _pci.Add(0, 1, 0, 0x010601);
        _pci.Add(0, 2, 0, 0x010802);
        _pci.Add(0, 31, 0, 0x010803);

        PciBuses.Discover();

        Assert.Equal(["00:02.0", "00:1f.0"], Found(PciDeviceWalk.All(), 0x010800, 0xFFFF00));
    }

    private static List<string> Found(PciDeviceWalk walk, uint classCode = 0, uint classMask = 0)
    {
        List<string> found = [];
        while (walk.MoveNext())
        {
            if (!walk.Current.IsClass(classCode, classMask))
            {
                continue;
            }
            PciAddress address = walk.Current.Address;
            found.Add($"{address.Bus:x2}:{address.Device:x2}.{address.Function}");
        }
        return found;
    }
}
