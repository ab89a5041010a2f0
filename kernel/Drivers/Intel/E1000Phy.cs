using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Drivers.Intel;

/// <summary>The transceiver behind the card, by MDIC (8254x, 13.4.8; 82574, 10.2.2.7).</summary>
internal static class E1000Phy
{
    private const uint WaitMilliseconds = 10;

    /// <summary>
    /// Switches it on: an interface that was down had it switched off. Whether this works shows by the carrier.
    /// </summary>
    public static void Wake(in Mmio registers)
    {
        uint control = Run(in registers, E1000Register.ManagementRead);
        if ((control & E1000Register.ManagementError) == 0 && (control & E1000Register.PhyPowerDown) != 0)
        {
            control &= ushort.MaxValue & ~E1000Register.PhyPowerDown;
            Run(in registers, E1000Register.ManagementWrite | control | E1000Register.PhyNegotiate);
        }
    }

    private static uint Run(in Mmio registers, uint command)
    {
        registers.Write32(E1000Register.Management, command);
        Deadline end = Deadline.AfterMilliseconds(WaitMilliseconds);
        uint answer = registers.Read32(E1000Register.Management);
        while ((answer & E1000Register.ManagementReady) == 0)
        {
            if (end.HasPassed)
            {
                return E1000Register.ManagementError;
            }
            answer = registers.Read32(E1000Register.Management);
        }
        return answer;
    }
}
