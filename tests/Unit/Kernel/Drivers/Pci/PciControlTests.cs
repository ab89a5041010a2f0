using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Tests.Unit.Kernel.Devices;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Pci;

[Collection(SimulatedMachine.Tests)]
public class PciControlTests
{
    private const ushort Master = 4;
    private const ushort InUse = 0x0407;

    private readonly SimulatedPci _pci = new(new SimulatedMachine());
    private readonly SimulatedFunction _hostBridge;
    private readonly SimulatedFunction _outerBridge;
    private readonly SimulatedFunction _innerBridge;
    private readonly SimulatedFunction _otherBridge;
    private readonly SimulatedFunction _disk;
    private readonly SimulatedFunction _network;

    public PciControlTests()
    {
        _hostBridge = _pci.Add(0, 0, 0, 0x060000);
        _outerBridge = _pci.AddBridge(0, 1, 1, 2);
        _innerBridge = _pci.AddBridge(1, 0, 2, 2);
        _otherBridge = _pci.AddBridge(0, 2, 3, 3);
        _disk = _pci.Add(2, 0, 0, 0x010802);
        _network = _pci.Add(3, 0, 0, 0x020000);
        PciBuses.Discover();
    }

    [Fact]
    public void Bus_mastering_ends_everywhere_but_in_the_host_bridge()
    {
        Assert.Equal(5, PciControl.DisableAllBusMastering());

        Assert.True(_hostBridge.IsMaster);
        Assert.Equal(0, (_outerBridge.Command | _innerBridge.Command | _otherBridge.Command) & Master);
        Assert.Equal(0, (_disk.Command | _network.Command) & Master);
        Assert.Equal(3, _disk.Command);
    }

    [Fact]
    public void Only_the_device_in_use_and_its_bridges_get_it_back()
    {
        PciControl.DisableAllBusMastering();

        Assert.Equal(Status.Ok, PciControl.Enable(Disk()));

        Assert.Equal((InUse, InUse, InUse), (_disk.Command, _innerBridge.Command, _outerBridge.Command));
        Assert.False(_otherBridge.IsMaster || _network.IsMaster);
    }

    [Fact]
    public void Enabling_turns_all_kinds_of_interrupts_off()
    {
        byte msi = _disk.AddCapability(0x50, 5, 0x81, 0x00);
        byte msiX = _disk.AddCapability(0x70, 0x11, 0x07, 0x80);

        Assert.Equal(Status.Ok, PciControl.Enable(Disk()));

        Assert.Equal(0x80, _disk.Read16(msi + 2));
        Assert.Equal(0x0007, _disk.Read16(msiX + 2));
        Assert.NotEqual(0, _disk.Command & 0x0400);
    }

    [Fact]
    public void A_sleeping_device_wakes_with_its_bars()
    {
        byte power = _disk.AddCapability(0x40, 1, 0, 0, 0x03, 0x00);
        _disk.WithBar(0, 0x38_0000_4000, 0x4000, is64: true);
        _disk.LosesBarsInPowerUp = true;

        Assert.Equal(Status.Ok, PciControl.Enable(Disk()));

        Assert.Equal(0, _disk.Read16(power + 4));
        Assert.Equal((0x4004u, 0x38u), (_disk.Read32(0x10), _disk.Read32(0x14)));
    }

    [Fact]
    public void A_function_reset_keeps_the_bars()
    {
        byte express = _disk.AddCapability(0x80, 0x10, 0x02, 0, 0, 0, 0, 0x10, 0x30, 0x20);
        bool wasReset = false;
        _disk.WithBar(0, 0xFEB00000, 0x4000);
        _disk.FunctionResetOffset = express + 8;
        _disk.FunctionReset = () => wasReset = true;

        Assert.Equal(Status.Ok, PciControl.ResetFunction(Disk()));

        Assert.True(wasReset);
        Assert.Equal(0xFEB00000u, _disk.Read32(0x10));
        Assert.Equal(0x2030, _disk.Read16(express + 8));
        Assert.Equal(InUse, _disk.Command);
    }

    [Fact]
    public void A_device_without_function_reset_says_so()
    {
        _disk.AddCapability(0x80, 0x10, 0x02, 0, 0, 0, 0, 0, 0, 0);

        Assert.Equal(Status.DeviceUnsupported, PciControl.ResetFunction(Disk()));
    }

    [Fact]
    public void A_capability_list_that_loops_ends()
    {
        _disk.AddCapability(0x40, 9);
        _disk.AddCapability(0x48, 9);
        _disk.Set8(0x49, 0x40);

        Assert.Equal(0, Disk().FindCapability(5));
        Assert.Equal(0x40, Disk().FindCapability(9));
    }

    [Fact]
    public void A_device_that_vanished_is_told()
    {
        PciDevice disk = Disk();
        _pci.Remove(_disk);

        Assert.Equal(Status.DeviceGone, PciControl.Enable(disk));
    }

    private static PciDevice Disk()
    {
        Assert.Equal(Status.Ok, PciDevice.Probe(new PciAddress(2 << 8), out PciDevice device));
        return device;
    }
}
