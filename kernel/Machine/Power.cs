using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Machine;

/// <summary>The end: restarts or stops the machine.</summary>
internal static class Power
{
    private const ushort ResetControl = 0xCF9;
    private const ushort KeyboardStatus = 0x64;

    /// <summary>What to do when nothing else can be done; set from the command line.</summary>
    internal static EndAction FailureAction { get; set; }

    /// <summary>Does not return.</summary>
    internal static void Act(EndAction action)
    {
        if (action == EndAction.Shell)
        {
            Monitor.Open();
        }
        else if (action == EndAction.Reboot)
        {
            Reboot();
        }
        else if (action == EndAction.Poweroff)
        {
            AcpiPower.SwitchOff();
            Wait(1_000_000);
            Log.Write("ckdump: the machine does not switch off by ACPI: halted\n"u8);
        }
        Cpu.Halt();
    }

    /// <summary>
    /// ACPI's reset register, the chipset's reset control register (Intel ICH datasheets, RST_CNT at CF9H: hard reset), the keyboard
    /// controller's pulse, and at last a triple fault.
    /// </summary>
    private static void Reboot()
    {
        AcpiPower.Reset();
        Wait(50_000);
        Log.Write("ckdump: not reset by ACPI: by the chipset's port 0xcf9\n"u8);
        PortIo.Out8(ResetControl, 0x02);
        Wait(50);
        PortIo.Out8(ResetControl, 0x06);
        Wait(50_000);
        Log.Write("ckdump: not reset by it: by the keyboard controller\n"u8);
        for (int i = 0; i < 1000 && (PortIo.In8(KeyboardStatus) & 2) != 0; i++)
        {
            Wait(50);
        }
        PortIo.Out8(KeyboardStatus, 0xFE);
        Wait(50_000);
        Log.Write("ckdump: not reset by it: by a triple fault\n"u8);
        Cpu.TripleFault();
    }

    private static void Wait(uint microseconds)
    {
        Deadline deadline = Deadline.AfterMicroseconds(microseconds);
        while (!deadline.HasPassed)
        {
            Cpu.Pause();
        }
    }
}
