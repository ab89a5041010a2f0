namespace CosmosKdump.Kernel.Machine;

/// <summary>Machine checks as exceptions (Intel SDM vol. 3, chapter 17).</summary>
internal static class MachineChecks
{
    private const uint Capabilities = 0x179;
    private const uint GlobalStatus = 0x17A;
    private const uint FirstBankStatus = 0x401;
    private const uint BankStride = 4;
    private const ulong RestartValid = 1;
    private const ulong ErrorValid = 2;
    private const ulong Cr4MachineCheck = 0x40;

    private static bool _hasBanks;

    /// <summary>Machine checks that did not concern what we were doing.</summary>
    internal static uint Ignored { get; private set; }

    /// <summary>Lets machine checks come, after what an earlier one left is cleared: a second one would be a reset.</summary>
    internal static void Enable()
    {
        uint features = Cpu.CpuId(1, 0).Edx;
        _hasBanks = (features >> 14 & 1) != 0;
        if ((features >> 7 & 1) != 0)
        {
            _ = Clear();
            Ignored = 0;
            Cpu.WriteCr4(Cpu.ReadCr4() | Cr4MachineCheck);
        }
    }

    /// <summary>
    /// Clears the record of a machine check. True if execution may go on where it was: the restart address is valid,
    /// and the error is not one of the instruction there (other CPUs' errors and DMA's are told to all CPUs).
    /// </summary>
    internal static bool Clear()
    {
        if (!_hasBanks)
        {
            return false;
        }
        ulong status = Cpu.ReadMsr(GlobalStatus);
        uint banks = (uint)(Cpu.ReadMsr(Capabilities) & 0xFF);
        for (uint bank = 0; bank < banks; bank++)
        {
            Cpu.WriteMsr(FirstBankStatus + (bank * BankStride), 0);
        }
        Cpu.WriteMsr(GlobalStatus, 0);
        bool mayGoOn = (status & (RestartValid | ErrorValid)) == RestartValid;
        Ignored += mayGoOn ? 1u : 0;
        return mayGoOn;
    }
}
