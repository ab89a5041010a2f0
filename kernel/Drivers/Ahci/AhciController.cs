using System;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Drivers.Pci;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Ahci;

/// <summary>An AHCI host bus adapter: taken over and reset from whatever state the old kernel left (AHCI 1.3.1, 10).</summary>
internal struct AhciController
{
    private const int ControllerBar = 5;

    // 10.6.3: the firmware answers within 25 ms, or says that it is busy and has 2 s; 10.4.3: the reset has a second.
    private const uint HandoffMilliseconds = 25;
    private const uint FirmwareMilliseconds = 2_000;
    private const uint ResetMilliseconds = 1_000;
    private const uint ComResetMilliseconds = 2;

    // A device answers COMRESET within 10 ms (SATA 3.2, 8.4.2); until its link is up and it is ready may take as long as
    // a disk needs to spin up.
    private const uint DetectMilliseconds = 50;
    private const uint LinkMilliseconds = 1_000;
    private const uint ReadyMilliseconds = 10_000;

    private Mmio _window;
    private uint _ports;
    private Deadline _ready;
    private bool _isMapped;

    /// <summary>The PCI function.</summary>
    public PciDevice Device { get; private set; }

    /// <summary>CAP.</summary>
    public uint Capabilities { get; private set; }

    /// <summary>When devices must be ready after the last reset.</summary>
    public readonly Deadline Ready => _ready;

    /// <summary>Addresses have 64 bits.</summary>
    public readonly bool Has64BitAddresses => (Capabilities & AhciRegister.Has64BitAddresses) != 0;

    /// <summary>Maps the registers. The function answers, and masters no bus yet.</summary>
    public Status Map(in PciDevice device)
    {
        this = default;
        Device = device;
        Status status = PciBar.Read(device, ControllerBar, out PciBar bar);
        if (status == Status.Ok)
        {
            status = bar.IsIo || bar.LengthBytes <= AhciRegister.Ports ? Status.DeviceUnsupported : PciControl.Wake(device);
        }
        if (status == Status.Ok)
        {
            const uint MostBytes = AhciRegister.Ports + (AhciRegister.MaxPorts * AhciRegister.PortBytes);
            status = PhysicalMap.MapDevice(bar.Address, Math.Min(bar.LengthBytes, MostBytes), out _window);
        }
        if (status != Status.Ok)
        {
            return status;
        }
        Capabilities = Read(AhciRegister.Capabilities);
        _ports = Read(AhciRegister.PortsImplemented);
        _isMapped = Capabilities != AhciRegister.Gone;
        return _isMapped ? Status.Ok : Status.DeviceGone;
    }

    /// <summary>
    /// Resets the HBA, then the devices on all ports. Bus mastering begins in between, when what the old kernel had
    /// asked for is forgotten.
    /// </summary>
    public Status Restart()
    {
        if (!_isMapped)
        {
            return Status.NoDevice;
        }
        Status status = PciControl.Wake(Device);
        if (status == Status.Ok)
        {
            TakeOver();
            status = Reset();
        }
        if (status == Status.DeviceTimeout && PciControl.ResetFunction(Device) == Status.Ok)
        {
            PciControl.Disable(Device);
            status = Reset();
        }
        if (status == Status.Ok)
        {
            status = PciControl.Enable(Device);
        }
        if (status != Status.Ok)
        {
            PciControl.Disable(Device);
            return status;
        }
        ResetPorts();
        return Status.Ok;
    }

    /// <summary>Whether a port exists and its registers are in reach.</summary>
    public readonly bool HasPort(int number) => (_ports >> number & 1) != 0
        && _window.Length >= AhciRegister.Ports + (((uint)number + 1) * AhciRegister.PortBytes);

    /// <summary>A port.</summary>
    public readonly AhciPort Port(int number) => new(_window, number);

    /// <summary>Resets the HBA, and ends its bus mastering.</summary>
    public void Stop()
    {
        if (_isMapped)
        {
            _ = Reset();
            PciControl.Disable(Device);
            _isMapped = false;
        }
    }

    /// <summary>10.6.3; firmware that does not let go is left to itself: nobody else will write the dump.</summary>
    private readonly void TakeOver()
    {
        if ((Read(AhciRegister.MoreCapabilities) & AhciRegister.HasHandoff) == 0)
        {
            return;
        }
        uint state = Read(AhciRegister.Handoff);
        _window.Write32(AhciRegister.Handoff, state | AhciRegister.SystemOwns);
        if (WaitFor(AhciRegister.Handoff, AhciRegister.FirmwareOwns, HandoffMilliseconds) == Status.DeviceTimeout
            && (Read(AhciRegister.Handoff) & AhciRegister.FirmwareBusy) != 0)
        {
            _ = WaitFor(AhciRegister.Handoff, AhciRegister.FirmwareBusy, FirmwareMilliseconds);
        }
    }

    /// <summary>
    /// 10.4.3; all ports stop, whatever they were doing. AHCI mode comes first and must be chosen again, and what the
    /// firmware wrote of the HBA's abilities may be lost.
    /// </summary>
    private readonly Status Reset()
    {
        _window.Write32(AhciRegister.GlobalControl, AhciRegister.AhciEnable);
        _window.Write32(AhciRegister.GlobalControl, AhciRegister.AhciEnable | AhciRegister.HbaReset);
        Status status = WaitFor(AhciRegister.GlobalControl, AhciRegister.HbaReset, ResetMilliseconds);
        _window.Write32(AhciRegister.GlobalControl, AhciRegister.AhciEnable);
        _window.Write32(AhciRegister.Capabilities, Capabilities);
        _window.Write32(AhciRegister.PortsImplemented, _ports);
        return status;
    }

    /// <summary>COMRESET on all ports at once, then waits for the links of those where a device shows itself.</summary>
    private void ResetPorts()
    {
        for (int i = 0; i < AhciRegister.MaxPorts; i++)
        {
            if (HasPort(i))
            {
                _ = Port(i).Stop();
                Port(i).BeginReset();
            }
        }
        Wait(Deadline.AfterMilliseconds(ComResetMilliseconds));
        for (int i = 0; i < AhciRegister.MaxPorts; i++)
        {
            if (HasPort(i))
            {
                Port(i).EndReset();
            }
        }
        _ready = Deadline.AfterMilliseconds(ReadyMilliseconds);
        Deadline detected = Deadline.AfterMilliseconds(DetectMilliseconds);
        Deadline linked = Deadline.AfterMilliseconds(LinkMilliseconds);
        for (int i = 0; i < AhciRegister.MaxPorts; i++)
        {
            if (HasPort(i))
            {
                WaitForLink(Port(i), detected, linked);
            }
        }
    }

    private static void WaitForLink(in AhciPort port, in Deadline detected, in Deadline linked)
    {
        while (!port.IsUp)
        {
            bool hasDevice =
                (port.Read(AhciPortRegister.SataStatus) & AhciPortRegister.DetectionMask) != 0;
            if (hasDevice ? linked.HasPassed : detected.HasPassed)
            {
                return;
            }
            Cpu.Pause();
        }
    }

    private static void Wait(in Deadline end)
    {
        while (!end.HasPassed)
        {
            Cpu.Pause();
        }
    }

    private readonly uint Read(uint register) => _window.Read32(register);

    // Waits until the bits of the mask are clear.
    private readonly Status WaitFor(uint register, uint mask, uint milliseconds)
    {
        Deadline end = Deadline.AfterMilliseconds(milliseconds);
        while (true)
        {
            bool isLast = end.HasPassed;
            uint state = Read(register);
            if (state == AhciRegister.Gone)
            {
                return Status.DeviceGone;
            }
            if ((state & mask) == 0)
            {
                return Status.Ok;
            }
            if (isLast)
            {
                return Status.DeviceTimeout;
            }
            Cpu.Pause();
        }
    }
}
