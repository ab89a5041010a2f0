using CosmosKdump.Capture;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Intel;

/// <summary>The way back from whatever the old kernel has made of a card.</summary>
internal static class E1000Reset
{
    private const uint ResetMilliseconds = 200;
    private const uint ConfigurationMilliseconds = 20;

    /// <summary>
    /// Resets all but the PHY (8254x, 14.3; 82574, 4.6.1). <see cref="Status.DeviceTimeout"/>,
    /// <see cref="Status.DeviceGone"/>.
    /// </summary>
    public static Status Run(in Mmio registers)
    {
        registers.Write32(E1000Register.InterruptMaskClear, uint.MaxValue);
        registers.Write32(E1000Register.ReceiveControl, 0);
        registers.Write32(E1000Register.TransmitControl, 0);
        registers.Write32(
            E1000Register.Control, registers.Read32(E1000Register.Control) | E1000Register.ControlReset);
        // The configuration is read from the card's memory, which takes up to 20 ms without a sign of it.
        Deadline configured = Deadline.AfterMilliseconds(ConfigurationMilliseconds);
        while (!configured.HasPassed)
        {
            Cpu.Pause();
        }
        Deadline end = Deadline.AfterMilliseconds(ResetMilliseconds);
        while ((registers.Read32(E1000Register.Control) & E1000Register.ControlReset) != 0)
        {
            if (end.HasPassed)
            {
                bool isGone = registers.Read32(E1000Register.Control) == E1000Register.Gone;
                return isGone ? Status.DeviceGone : Status.DeviceTimeout;
            }
            Cpu.Pause();
        }
        registers.Write32(E1000Register.InterruptMaskClear, uint.MaxValue);
        registers.Read32(E1000Register.InterruptCause);
        return Status.Ok;
    }

    /// <summary>
    /// Sets what a reset should have set: QEMU's e1000e before 8.0 resets nothing but the address, and receives by the
    /// descriptors of Linux's form from then on. <paramref name="hasFilters"/>: the card is no 8254x.
    /// </summary>
    public static void ClearWhatStayed(in Mmio registers, bool hasFilters)
    {
        registers.Write32(E1000Register.ReceiveDelay, 0);
        registers.Write32(E1000Register.ReceiveAbsoluteDelay, 0);
        registers.Write32(E1000Register.TransmitDelay, 0);
        registers.Write32(E1000Register.TransmitAbsoluteDelay, 0);
        registers.Write32(E1000Register.ReceiveChecksum, 0);
        if (hasFilters)
        {
            registers.Write32(E1000Register.ReceiveFilter, 0);
            registers.Write32(E1000Register.MultipleReceive, 0);
        }
    }
}
