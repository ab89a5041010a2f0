using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Drivers.Watchdog;
using CosmosKdump.Tests.Unit.Kernel.Devices;
using CosmosKdump.Tests.Unit.Kernel.Machine;
using Xunit;

namespace CosmosKdump.Tests.Unit.Kernel.Drivers.Watchdog;

[Collection(SimulatedMachine.Tests)]
public class EsbWatchdogTests : IMmioDevice
{
    private const ulong Window = 0xFEBF_1000;

    private readonly SimulatedMachine _machine = new();
    private readonly SimulatedFunction _function;
    private int _keys;
    private int _reloads;

    public EsbWatchdogTests()
    {
        SimulatedPci pci = new(_machine);
        _function = pci.Add(0, 4, 0, 0x088000).WithBar(0, Window, 16);
        _function.Set16(2, 0x25AB);
        _machine.Add(this);
    }

    [Fact]
    public void One_that_runs_is_reloaded_by_the_sequence_that_unlocks_it()
    {
        _function.Set8(0x68, 0x03);
        EsbWatchdog watchdog = Find();
        Assert.True(watchdog.IsRunning);

        watchdog.Feed();
        watchdog.Feed();

        Assert.Equal(2, _reloads);
    }

    [Theory]
    [InlineData(0x00, 0x00)]
    [InlineData(0x01, 0x00)]
    [InlineData(0x02, 0x20)]
    public void One_that_does_not_run_or_does_not_reset_is_left_alone(byte locked, ushort configuration)
    {
        _function.Set8(0x68, locked);
        _function.Set16(0x60, configuration);
        EsbWatchdog watchdog = Find();

        watchdog.Feed();

        Assert.False(watchdog.IsRunning);
        Assert.Equal((0, 0), (_keys, _reloads));
    }

    [Fact]
    public void Other_devices_are_none()
    {
        _function.Set16(2, 0x25A1);
        _function.Set8(0x68, 0x02);

        Assert.False(Find().IsRunning);
    }

    bool IMmioDevice.HasAddress(ulong address) => address >= Window && address < Window + 16;

    ulong IMmioDevice.ReadWindow(ulong address, int width) => 0;

    // A write of the register that is not unlocked, or is of another width, does nothing.
    void IMmioDevice.WriteWindow(ulong address, int width, ulong value)
    {
        int next = (address - Window, width, value, _keys) switch
        {
            (0xC, 1, 0x80, _) => 1,
            (0xC, 1, 0x86, 1) => 2,
            _ => 0,
        };
        _reloads += (address - Window, width, value, _keys) is (0xC, 2, 0x100, 2) ? 1 : 0;
        _keys = next;
    }

    private static EsbWatchdog Find()
    {
        PciBuses.Discover();
        return EsbWatchdog.Find();
    }
}
