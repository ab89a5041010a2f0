using CosmosKdump.Capture;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Ahci;

/// <summary>A port's registers and the handshakes that go through them (AHCI 1.3.1, 3.3 and 10).</summary>
internal readonly struct AhciPort(Mmio window, int number)
{
    // "shall clear within 500 milliseconds" (10.1.2).
    private const uint EngineMilliseconds = 500;

    private readonly Mmio _window = window;
    private readonly uint _base = AhciRegister.Ports + ((uint)number * AhciRegister.PortBytes);

    /// <summary>Number of the port.</summary>
    public int Number { get; } = number;

    /// <summary>A device is there and the link is up.</summary>
    public bool IsUp =>
        (Read(AhciPortRegister.SataStatus) & AhciPortRegister.DetectionMask) == AhciPortRegister.LinkUp;

    /// <summary>Reads a register of <see cref="AhciPortRegister"/>.</summary>
    public uint Read(uint register) => _window.Read32(_base + register);

    /// <summary>Writes a register.</summary>
    public void Write(uint register, uint value) => _window.Write32(_base + register, value);

    /// <summary>Stops the command list; commands that did not complete are forgotten (3.3.7, ST).</summary>
    public Status StopCommands() => Clear(AhciPortRegister.Start, AhciPortRegister.ListRunning);

    /// <summary>Stops everything, in the order of 10.1.2; the port then leaves memory alone.</summary>
    public Status Stop()
    {
        Status status = StopCommands();
        return status == Status.Ok ? Clear(AhciPortRegister.FisEnable, AhciPortRegister.FisRunning) : status;
    }

    /// <summary>
    /// Powers the device and its link up, and begins COMRESET, which takes a millisecond (10.4.2). The command list must
    /// have stopped.
    /// </summary>
    public void BeginReset()
    {
        uint command = Read(AhciPortRegister.Command) & ~AhciPortRegister.PowerFields;
        command |= AhciPortRegister.PowerOn;
        Write(AhciPortRegister.InterruptEnable, 0);
        Write(AhciPortRegister.Command, command);
        Write(AhciPortRegister.Command, command | AhciPortRegister.LinkActive);
        Write(AhciPortRegister.SataControl, AhciPortRegister.NoPowerSaving | AhciPortRegister.ComReset);
    }

    /// <summary>Ends COMRESET: the link comes up, and the device tells its signature.</summary>
    public void EndReset() => Write(AhciPortRegister.SataControl, AhciPortRegister.NoPowerSaving);

    /// <summary>Receives FISes from now on; the port must have stopped.</summary>
    public void Open(in DmaRegion region)
    {
        WriteAddress(AhciPortRegister.CommandList, region.Address + AhciLayout.CommandList);
        WriteAddress(AhciPortRegister.ReceivedFis, region.Address + AhciLayout.ReceivedFis);
        Write(AhciPortRegister.Command, Read(AhciPortRegister.Command) | AhciPortRegister.FisEnable);
    }

    /// <summary>
    /// Waits until the device is ready. What the link went through on its way up is forgotten first: PxSERR.DIAG.X keeps
    /// PxTFD from changing (3.3.8).
    /// </summary>
    public Status WaitUntilReady(in Deadline end)
    {
        ClearErrors();
        return WaitFor(AhciPortRegister.TaskFile, AhciPortRegister.Busy, 0, end);
    }

    /// <summary>Processes commands from now on; the port must be open and the device ready (10.3.1).</summary>
    public void StartCommands()
    {
        ClearErrors();
        Write(AhciPortRegister.Command, Read(AhciPortRegister.Command) | AhciPortRegister.Start);
    }

    /// <summary>Waits until the bits of the mask have a value.</summary>
    public Status WaitFor(uint register, uint mask, uint value, in Deadline end)
    {
        while (true)
        {
            // Looked at before the register, so that a stall in between does not cost the last look.
            bool isLast = end.HasPassed;
            uint state = Read(register);
            if (state == AhciRegister.Gone)
            {
                return Status.DeviceGone;
            }
            if ((state & mask) == value)
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

    private Status Clear(uint bit, uint running)
    {
        uint command = Read(AhciPortRegister.Command);
        if (command == AhciRegister.Gone)
        {
            return Status.DeviceGone;
        }
        Write(AhciPortRegister.Command, command & ~bit);
        return WaitFor(AhciPortRegister.Command, running, 0, Deadline.AfterMilliseconds(EngineMilliseconds));
    }

    private void ClearErrors()
    {
        Write(AhciPortRegister.SataError, uint.MaxValue);
        Write(AhciPortRegister.InterruptStatus, uint.MaxValue);
    }

    private void WriteAddress(uint register, ulong address)
    {
        Write(register, (uint)address);
        Write(register + 4, (uint)(address >> 32));
    }
}
