using System;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Watchdog;

/// <summary>
/// The TCO timer of Intel's chipsets since ICH6 (ICH9 datasheet 316972, System Management TCO Registers): counts down in ticks of 0.6 s, and resets
/// the machine when it has reached zero twice.
/// </summary>
internal struct TcoWatchdog
{
    private const ushort Intel = 0x8086;
    private const byte ChipsetDevice = 0x1F;
    private const uint ClassLpcBridge = 0x060100;
    private const uint ClassSmBus = 0x0C0500;

    // The LPC bridge's registers (ICH9 datasheet, D31:F0): PMBASE, ACPI_CNTL, RCBA.
    private const int PowerBase = 0x40;
    private const ushort PowerBaseMask = 0xFF80;
    private const int PowerControl = 0x44;
    private const byte PowerEnable = 0x80;
    private const ushort TcoOffset = 0x60;
    private const int RootComplexBase = 0xF0;
    private const uint RootComplexMask = 0xFFFF_C000;
    private const uint GeneralControl = 0x3410;
    private const uint GeneralNoReboot = 1 << 5;

    // The SMBus function's since the 100 series (datasheet 332691, SMBus configuration registers): TCOBASE, TCOCTL.
    private const int TcoBase = 0x50;
    private const ushort TcoBaseMask = 0xFFE0;
    private const int TcoControl = 0x54;
    private const ushort TcoEnable = 1 << 8;

    private const ushort Reload = 0x00;
    private const ushort CountMask = 0x3FF;
    private const ushort Status1 = 0x04;
    private const ushort Status1Timeout = 1 << 3;
    private const ushort Control1 = 0x08;
    private const ushort Control1Halt = 1 << 11;
    private const ushort Control1NoReboot = 1 << 0;
    private const ushort InitialValue = 0x12;
    private const uint TickMilliseconds = 600;

    private ushort _port;

    /// <summary>Its name, as Linux calls its driver.</summary>
    public static ReadOnlySpan<byte> Name => "iTCO"u8;

    /// <summary>It counts: zero is what a timer shows that was never started, and a reload would start it.</summary>
    public readonly bool IsRunning => _port != 0 && (PortIo.In16(_port) & CountMask) != 0;

    /// <summary>What it counts down from, milliseconds.</summary>
    public readonly uint PeriodMilliseconds =>
        (PortIo.In16((ushort)(_port + InitialValue)) & (uint)CountMask) * TickMilliseconds;

    /// <summary>Looks for a timer that is not halted and may reset the machine.</summary>
    public static TcoWatchdog Find()
    {
        TcoWatchdog found = default;
        PciDeviceWalk walk = PciDeviceWalk.OnBus(0);
        while (walk.MoveNext() && found._port == 0)
        {
            PciDevice device = walk.Current;
            if (device.VendorId == Intel && device.Address.Device == ChipsetDevice)
            {
                found._port = device.IsClass(ClassLpcBridge, PciRegister.ClassMaskSubclass) ? BehindLpcBridge(in device)
                    : device.IsClass(ClassSmBus, PciRegister.ClassMaskSubclass) ? BehindSmBus(in device)
                    : (ushort)0;
            }
        }
        return found;
    }

    /// <summary>Lets it count from its initial value again, and twice.</summary>
    public readonly void Feed()
    {
        if (!IsRunning)
        {
            return;
        }
        ushort status = (ushort)(_port + Status1);
        if ((PortIo.In16(status) & Status1Timeout) != 0)
        {
            PortIo.Out16(status, Status1Timeout);
        }
        PortIo.Out16((ushort)(_port + Reload), 1);
    }

    private static ushort BehindLpcBridge(in PciDevice bridge)
    {
        ushort power = (ushort)(PciConfig.Read16(bridge.Address, PowerBase) & PowerBaseMask);
        if (power == 0 || (PciConfig.Read8(bridge.Address, PowerControl) & PowerEnable) == 0)
        {
            return 0;
        }
        uint root = PciConfig.Read32(bridge.Address, RootComplexBase);
        if ((root & 1) != 0
            && PhysicalMap.MapDevice((root & RootComplexMask) + GeneralControl, 4, out Mmio general) == Status.Ok
            && (general.Read32(0) & GeneralNoReboot) != 0)
        {
            return 0;
        }
        return IfNotHalted((ushort)(power + TcoOffset), Control1Halt);
    }

    // NO_REBOOT is in TCO1_CNT since the 300 series; before, it is not within reach, and the bit is zero.
    private static ushort BehindSmBus(in PciDevice device)
    {
        if ((PciConfig.Read16(device.Address, TcoControl) & TcoEnable) == 0)
        {
            return 0;
        }
        ushort port = (ushort)(PciConfig.Read16(device.Address, TcoBase) & TcoBaseMask);
        return port == 0 ? port : IfNotHalted(port, Control1Halt | Control1NoReboot);
    }

    private static ushort IfNotHalted(ushort port, ushort stops) =>
        (PortIo.In16((ushort)(port + Control1)) & stops) == 0 ? port : (ushort)0;
}
