using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Machine.Smp;

/// <summary>
/// Our CPU's local APIC in the mode in which the crashed kernel left it, xAPIC or x2APIC (Intel SDM vol. 3, chapter 12):
/// as much as INIT, start-up and NMI need. Software-disabled APICs send them too (12.4.7.2).
/// </summary>
internal static class LocalApic
{
    private const uint BaseMsr = 0x1B;
    private const ulong BootCpu = 1 << 8;
    private const ulong Extended = 1 << 10;
    private const ulong Enabled = 1 << 11;
    private const ulong AddressMask = 0x000FFFFFFFFFF000;
    private const uint IdRegister = 0x20;
    private const uint CommandLow = 0x300;
    private const uint CommandHigh = 0x310;
    private const uint CommandPending = 1 << 12;
    private const uint FirstMsr = 0x800;
    private const uint InitAssert = 0x4500;
    private const uint StartUp = 0x4600;
    private const uint NonMaskable = 0x4400;
    private const uint SendMicroseconds = 1000;

    private static Mmio _registers;
    private static bool _isExtended;

    /// <summary>Our CPU is the one that the firmware booted.</summary>
    internal static bool IsBootCpu { get; private set; }

    /// <summary>Our CPU's ID.</summary>
    internal static uint Id { get; private set; }

    /// <summary>Finds the mode; <see cref="Status.NoDevice"/>: there is no APIC, or it is switched off.</summary>
    internal static Status Find()
    {
        if ((Cpu.CpuId(1, 0).Edx >> 9 & 1) == 0)
        {
            return Status.NoDevice;
        }
        ulong state = Cpu.ReadMsr(BaseMsr);
        if ((state & Enabled) == 0)
        {
            return Status.NoDevice;
        }
        IsBootCpu = (state & BootCpu) != 0;
        _isExtended = (state & Extended) != 0;
        if (_isExtended)
        {
            Id = (uint)Cpu.ReadMsr(FirstMsr + (IdRegister >> 4));
            return Status.Ok;
        }
        Status status = PhysicalMap.MapDevice(state & AddressMask, 4096, out _registers);
        if (status == Status.Ok)
        {
            Id = _registers.Read32(IdRegister) >> 24;
        }
        return status;
    }

    /// <summary>True if an interrupt can be sent to this ID in the present mode.</summary>
    internal static bool Reaches(uint id) => _isExtended || id < 0xFF;

    internal static Status SendInit(uint id) => Send(id, InitAssert);

    /// <summary>Starts a CPU that waits after an INIT in real mode at a page of low memory.</summary>
    internal static Status SendStartUp(uint id, ulong page) => Send(id, StartUp | (uint)(page >> 12));

    internal static Status SendNonMaskable(uint id) => Send(id, NonMaskable);

    private static Status Send(uint id, uint command)
    {
        if (_isExtended)
        {
            // WRMSR to the x2APIC does not wait for stores before it (12.12.3).
            Cpu.FullFence();
            Cpu.WriteMsr(FirstMsr + (CommandLow >> 4), ((ulong)id << 32) | command);
            return Status.Ok;
        }
        _registers.Write32(CommandHigh, id << 24);
        _registers.Write32(CommandLow, command);
        Deadline deadline = Deadline.AfterMicroseconds(SendMicroseconds);
        while ((_registers.Read32(CommandLow) & CommandPending) != 0)
        {
            if (deadline.HasPassed)
            {
                return Status.DeviceTimeout;
            }
            Cpu.Pause();
        }
        return Status.Ok;
    }
}
