using System;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Watchdog;

/// <summary>The watchdog of Intel's 6300ESB (datasheet 300641), which virtual machines have as well.</summary>
internal struct EsbWatchdog
{
    private const ushort Vendor = 0x8086;
    private const ushort Device = 0x25AB;

    // Configuration space: WDT Configuration, WDT Lock.
    private const int Configuration = 0x60;
    private const ushort ConfigurationNoReboot = 1 << 5;
    private const int Lock = 0x68;
    private const byte LockEnable = 1 << 1;

    // Registers behind BAR 0: the Reload register, written after two writes that unlock it.
    private const uint WindowBytes = 16;
    private const uint Reload = 0x0C;
    private const byte FirstKey = 0x80;
    private const byte SecondKey = 0x86;
    private const ushort ReloadTimers = 1 << 8;

    private Mmio _registers;

    /// <summary>Its name, as Linux calls its driver.</summary>
    public static ReadOnlySpan<byte> Name => "i6300esb"u8;

    /// <summary>It was found, and found running.</summary>
    public readonly bool IsRunning => _registers.Length != 0;

    /// <summary>Looks for one that runs and may reset the machine.</summary>
    public static EsbWatchdog Find()
    {
        EsbWatchdog found = default;
        PciDeviceWalk walk = PciDeviceWalk.All();
        while (walk.MoveNext())
        {
            PciDevice device = walk.Current;
            if (device.VendorId == Vendor && device.DeviceId == Device
                && (PciConfig.Read8(device.Address, Lock) & LockEnable) != 0
                && (PciConfig.Read16(device.Address, Configuration) & ConfigurationNoReboot) == 0
                && PciBar.Read(device, 0, out PciBar bar) == Status.Ok && bar.LengthBytes >= WindowBytes
                && PhysicalMap.MapDevice(bar.Address, WindowBytes, out found._registers) == Status.Ok)
            {
                break;
            }
        }
        return found;
    }

    /// <summary>Lets it count from its initial value again.</summary>
    public readonly void Feed()
    {
        if (IsRunning)
        {
            _registers.Write8(Reload, FirstKey);
            _registers.Write8(Reload, SecondKey);
            _registers.Write16(Reload, ReloadTimers);
        }
    }
}
