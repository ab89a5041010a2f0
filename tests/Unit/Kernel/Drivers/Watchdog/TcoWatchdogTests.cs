using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Drivers.Watchdog;
using CosmosKdump.Tests.Unit.Kernel.Devices;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Watchdog;

[Collection(SimulatedMachine.Tests)]
public class TcoWatchdogTests : IMmioDevice
{
    private const ushort PowerBase = 0x600;
    private const ushort OwnBase = 0x400;
    private const uint RootComplex = 0xFED1_C000;
    private const uint Lpc = 0x060100;
    private const uint SmBus = 0x0C0500;

    private readonly SimulatedMachine _machine = new();
    private readonly SimulatedPci _pci;
    private uint _generalControl;

    public TcoWatchdogTests()
    {
        _pci = new SimulatedPci(_machine);
        _pci.Add(0, 0, 0, 0x060000);
        _machine.Add(this);
    }

    [Fact]
    public void One_that_is_fed_never_bites_and_one_that_is_not_does()
    {
        Chipset();
        SimulatedTco tco = new(_machine, PowerBase + 0x60);
        TcoWatchdog watchdog = Find();
        Assert.True(watchdog.IsRunning);
        Assert.Equal(3000u, watchdog.PeriodMilliseconds);

        for (int i = 0; i < 100; i++)
        {
            _machine.Now += 1_000_000;
            watchdog.Feed();
            Assert.False(tco.HasBitten);
        }

        _machine.Now += 7_000_000;
        watchdog.Feed();
        Assert.True(tco.HasBitten);
    }

    [Fact]
    public void One_that_has_reached_zero_once_gets_both_periods_again()
    {
        Chipset();
        SimulatedTco tco = new(_machine, PowerBase + 0x60);
        TcoWatchdog watchdog = Find();
        _machine.Now += 4_000_000;

        watchdog.Feed();

        _machine.Now += 4_000_000;
        Assert.False(tco.HasBitten);
    }

    [Fact]
    public void One_that_was_never_started_is_not_started_by_us()
    {
        Chipset();
        SimulatedTco tco = new(_machine, PowerBase + 0x60) { IsStarted = false };
        TcoWatchdog watchdog = Find();

        watchdog.Feed();

        Assert.False(watchdog.IsRunning);
        Assert.False(tco.IsStarted);
    }

    [Theory]
    [InlineData(0x0800, 0)]
    [InlineData(0, 0x20)]
    public void One_that_is_halted_or_must_not_reset_is_left_alone(int control, int generalControl)
    {
        Chipset();
        _generalControl = (uint)generalControl;
        SimulatedTco tco = new(_machine, PowerBase + 0x60) { Control = (ushort)control };
        TcoWatchdog watchdog = Find();
        _machine.Now += 4_000_000;

        watchdog.Feed();

        Assert.False(watchdog.IsRunning);
        _machine.Now += 4_000_000;
        Assert.True(tco.HasBitten);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(0x800, false)]
    public void Newer_chipsets_have_it_behind_the_SMBus_function(int control, bool isFound)
    {
        SimulatedFunction lpc = _pci.Add(0, 31, 0, Lpc);
        lpc.Set8(0x0E, 0x80);
        SimulatedFunction bus = _pci.Add(0, 31, 4, SmBus);
        bus.Set32(0x50, OwnBase | 1);
        bus.Set16(0x54, 0x0100);
        SimulatedTco tco = new(_machine, OwnBase) { Control = (ushort)control };

        TcoWatchdog watchdog = Find();

        Assert.Equal(isFound, watchdog.IsRunning);
        _machine.Now += 5_900_000;
        watchdog.Feed();
        _machine.Now += 1_000_000;
        Assert.Equal(!isFound, tco.HasBitten);
    }

    [Theory]
    [InlineData(0x8086, Lpc, 0x00)]
    [InlineData(0x1022, Lpc, 0x80)]
    [InlineData(0x8086, SmBus, 0x80)]
    public void Without_its_registers_switched_on_nothing_is_touched(ushort vendor, uint classCode, byte enable)
    {
        SimulatedFunction function = _pci.Add(0, 31, 0, classCode, vendor);
        function.Set32(0x40, PowerBase | 1);
        function.Set8(0x44, enable);
        _ = new SimulatedTco(_machine, PowerBase + 0x60);

        Assert.False(Find().IsRunning);
    }

    bool IMmioDevice.HasAddress(ulong address) => address == RootComplex + 0x3410;

    ulong IMmioDevice.ReadWindow(ulong address, int width) => _generalControl;

    void IMmioDevice.WriteWindow(ulong address, int width, ulong value) => _generalControl = (uint)value;

    private static TcoWatchdog Find()
    {
        PciBuses.Discover();
        return TcoWatchdog.Find();
    }

    private void Chipset()
    {
        SimulatedFunction lpc = _pci.Add(0, 31, 0, Lpc);
        lpc.Set32(0x40, PowerBase | 1);
        lpc.Set8(0x44, 0x80);
        lpc.Set32(0xF0, RootComplex | 1);
    }
}
