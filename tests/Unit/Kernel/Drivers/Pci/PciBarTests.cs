using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Tests.Unit.Kernel.Devices;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Pci;

[Collection(SimulatedMachine.Tests)]
public class PciBarTests
{
    private readonly SimulatedFunction _function;

    public PciBarTests()
    {
        SimulatedPci pci = new(new SimulatedMachine());
        _function = pci.Add(0, 4, 0, 0x010802);
    }

    [Theory]
    [InlineData(0xFEB00000, 0x4000, false, false)]
    [InlineData(0x38_0000_4000, 0x4000, true, false)]
    [InlineData(0x40_0000_0000, 0x10_0000_0000, true, false)]
    [InlineData(0xC040, 0x40, false, true)]
    public void A_bar_is_decoded_and_left_as_it_was(ulong address, ulong length, bool is64, bool isIo)
    {
        _function.WithBar(2, address, length, is64, isIo);
        uint low = _function.Read32(0x18);
        uint high = _function.Read32(0x1C);

        Assert.Equal(Status.Ok, PciBar.Read(Device(), 2, out PciBar bar));

        Assert.Equal((address, length, isIo), (bar.Address, bar.LengthBytes, bar.IsIo));
        Assert.Equal((low, high), (_function.Read32(0x18), _function.Read32(0x1C)));
        Assert.Equal(7, _function.Command);
        Assert.False(_function.WasSizedWhileDecoding);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(6)]
    public void A_bar_that_does_not_exist_is_refused(int index)
    {
        _function.WithBar(0, 0xFEB00000, 0x4000);

        Assert.Equal(Status.DeviceUnsupported, PciBar.Read(Device(), index, out _));
    }

    [Fact]
    public void A_bar_without_an_address_is_refused()
    {
        _function.WithBar(0, 0, 0x4000, is64: true);

        Assert.Equal(Status.DeviceUnsupported, PciBar.Read(Device(), 0, out _));
    }

    [Fact]
    public void A_bar_beyond_the_physical_address_space_is_refused()
    {
        _function.WithBar(0, 1UL << 52, 0x4000, is64: true);

        Assert.Equal(Status.AddressOutOfRange, PciBar.Read(Device(), 0, out _));
    }

    private static PciDevice Device()
    {
        Assert.Equal(Status.Ok, PciDevice.Probe(new PciAddress(4 << 3), out PciDevice device));
        return device;
    }
}
