using CosmosKdump.Capture;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Pci;

/// <summary>
/// Switches functions on and off: bus mastering, decoding, interrupts, power, reset. A device that is no function has
/// none of these, and is on.
/// </summary>
internal static class PciControl
{
    // Offsets in their capabilities and times: PCI PM 1.2, 3.2.4 and 5.6.1; PCI 3.0, 6.8; PCIe 5.0, 7.5.3 and 6.6.2.
    private const uint TransfersMilliseconds = 1;
    private const int PowerControl = 4;
    private const ushort PowerStateMask = 3;
    private const uint PowerUpMilliseconds = 10;
    private const int MessageControl = 2;
    private const ushort MsiEnable = 1 << 0;
    private const ushort MsiXEnable = 1 << 15;
    private const int ExpressDeviceCapabilities = 4;
    private const uint ExpressFunctionReset = 1u << 28;
    private const int ExpressDeviceControl = 8;
    private const ushort ExpressInitiateReset = 1 << 15;
    private const uint FunctionResetMilliseconds = 100;

    /// <summary>
    /// Clears Bus Master Enable of every function, so that DMA which the old kernel started ends: first of the devices,
    /// then of the bridges, which stops what this walk cannot see (virtual functions) without cutting off a transfer
    /// under way. Host bridges keep theirs: some forward other traffic by it. Returns the number of functions that had
    /// it on.
    /// </summary>
    public static int DisableAllBusMastering()
    {
        int stopped = DisableBusMastering(false, out bool hasBridges);
        if (hasBridges)
        {
            Wait(TransfersMilliseconds);
            stopped += DisableBusMastering(true, out _);
        }
        return stopped;
    }

    /// <summary>
    /// Makes a function usable: full power, decoding, bus mastering, no interrupts of any kind; and the same for the
    /// bridges above it, which forward its requests.
    /// </summary>
    public static Status Enable(in PciDevice device)
    {
        if (device.Registers != 0)
        {
            return Status.Ok;
        }
        byte bus = device.Address.Bus;
        // Each step goes to another bus, so a chain longer than there are buses is a loop.
        for (int depth = 0; depth < PciBuses.Count; depth++)
        {
            if (PciBuses.FindBridgeTo(bus, out PciDevice bridge) != Status.Ok)
            {
                break;
            }
            Activate(bridge);
            bus = bridge.Address.Bus;
        }
        Activate(device);
        return PciDevice.Probe(device.Address, out _) == Status.Ok ? Status.Ok : Status.DeviceGone;
    }

    /// <summary>
    /// Makes a function's registers answer, with full power and decoding but no bus mastering: for a driver to reset
    /// it before it may reach memory again.
    /// </summary>
    public static Status Wake(in PciDevice device)
    {
        if (device.Registers != 0)
        {
            return Status.Ok;
        }
        PowerUp(device);
        ushort command = PciConfig.Read16(device.Address, PciRegister.Command);
        command |= PciRegister.CommandIoSpace | PciRegister.CommandMemorySpace | PciRegister.CommandInterruptDisable;
        command = (ushort)(command & ~PciRegister.CommandBusMaster);
        PciConfig.Write16(device.Address, PciRegister.Command, command);
        return PciDevice.Probe(device.Address, out _) == Status.Ok ? Status.Ok : Status.DeviceGone;
    }

    /// <summary>Ends a function's bus mastering; it still answers.</summary>
    public static void Disable(in PciDevice device)
    {
        if (device.Registers != 0)
        {
            return;
        }
        ushort command = PciConfig.Read16(device.Address, PciRegister.Command);
        PciConfig.Write16(
            device.Address,
            PciRegister.Command,
            (ushort)(command & ~PciRegister.CommandBusMaster));
    }

    /// <summary>
    /// Function level reset (PCIe 5.0, 6.6.2) with the header put back, for a device that its own reset does not stop;
    /// <see cref="Status.DeviceUnsupported"/> where the function has none.
    /// </summary>
    public static Status ResetFunction(in PciDevice device)
    {
        byte express = device.FindCapability(PciRegister.CapabilityExpress);
        if (express == 0
            || (PciConfig.Read32(device.Address, express + ExpressDeviceCapabilities) & ExpressFunctionReset) == 0)
        {
            return Status.DeviceUnsupported;
        }
        Disable(device);
        PciHeaderValues header = PciHeaderValues.Save(device);
        ushort control = PciConfig.Read16(device.Address, express + ExpressDeviceControl);
        PciConfig.Write16(device.Address, express + ExpressDeviceControl, (ushort)(control | ExpressInitiateReset));
        Wait(FunctionResetMilliseconds);
        header.Restore(device);
        // Payload and read request sizes must match those of the path again.
        PciConfig.Write16(device.Address, express + ExpressDeviceControl, control);
        return Enable(device);
    }

    private static int DisableBusMastering(bool bridges, out bool hasBridges)
    {
        int stopped = 0;
        hasBridges = false;
        PciDeviceWalk walk = PciDeviceWalk.All();
        while (walk.MoveNext())
        {
            PciDevice device = walk.Current;
            bool isHostBridge = device.IsClass(PciRegister.ClassHostBridge, PciRegister.ClassMaskSubclass);
            ushort command = PciConfig.Read16(device.Address, PciRegister.Command);
            if (isHostBridge || (command & PciRegister.CommandBusMaster) == 0)
            {
                continue;
            }
            hasBridges |= device.IsBridge;
            if (device.IsBridge == bridges)
            {
                Disable(device);
                stopped++;
            }
        }
        return stopped;
    }

    private static void Activate(in PciDevice device)
    {
        PowerUp(device);
        ClearControlBit(device, PciRegister.CapabilityMsi, MsiEnable);
        ClearControlBit(device, PciRegister.CapabilityMsiX, MsiXEnable);
        ushort command = PciConfig.Read16(device.Address, PciRegister.Command);
        command |= PciRegister.CommandIoSpace
            | PciRegister.CommandMemorySpace
            | PciRegister.CommandBusMaster
            | PciRegister.CommandInterruptDisable;
        PciConfig.Write16(device.Address, PciRegister.Command, command);
    }

    private static void PowerUp(in PciDevice device)
    {
        byte power = device.FindCapability(PciRegister.CapabilityPowerManagement);
        if (power == 0)
        {
            return;
        }
        ushort control = PciConfig.Read16(device.Address, power + PowerControl);
        if ((control & PowerStateMask) == 0)
        {
            return;
        }
        // Leaving D3hot may reset the function, and with it its header (PCI PM 1.2, 5.4).
        PciHeaderValues header = PciHeaderValues.Save(device);
        PciConfig.Write16(device.Address, power + PowerControl, (ushort)(control & ~PowerStateMask));
        Wait(PowerUpMilliseconds);
        header.Restore(device);
    }

    private static void ClearControlBit(in PciDevice device, byte capability, ushort bit)
    {
        byte offset = device.FindCapability(capability);
        if (offset != 0)
        {
            ushort control = PciConfig.Read16(device.Address, offset + MessageControl);
            PciConfig.Write16(device.Address, offset + MessageControl, (ushort)(control & ~bit));
        }
    }

    private static void Wait(uint milliseconds)
    {
        Deadline end = Deadline.AfterMilliseconds(milliseconds);
        while (!end.HasPassed)
        {
            Cpu.Pause();
        }
    }
}
