using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Machine;

/// <summary>Memory encryption as this CPU tells it (AMD64 APM volume 3, CPUID Fn8000_001F; Intel TDX module).</summary>
internal static class CpuEncryption
{
    private const uint Leaf = 0x8000_001F;
    private const uint SystemConfiguration = 0xC001_0010;
    private const ulong SystemConfigurationEncrypts = 1 << 23;
    private const uint SevStatus = 0xC001_0131;
    private const ulong SevStatusEnabled = 1;
    private const uint TdxLeaf = 0x21;

    /// <summary>
    /// The address bit by which SME encrypts, where firmware has switched it on; 0: none. That says what a kernel could
    /// do, and not what it did; and nothing of encryption that no software sees (TSME, TME).
    /// </summary>
    internal static ulong AddressBit
    {
        get
        {
            CpuIdResult leaf = Read();
            bool isOn = (leaf.Eax & 1) != 0 && !HasHypervisor
                && (Cpu.ReadMsr(SystemConfiguration) & SystemConfigurationEncrypts) != 0;
            return isOn ? 1UL << (int)(leaf.Ebx & 0x3F) : 0;
        }
    }

    /// <summary>
    /// <see cref="Status.MemoryEncrypted"/>: this is a guest whose memory is encrypted (SEV, TDX), ours as well: page
    /// tables of our own would make it noise.
    /// </summary>
    internal static Status LookForEncryptedGuest(ulong unused)
    {
        bool isSev = HasHypervisor && (Read().Eax & 2) != 0 && (Cpu.ReadMsr(SevStatus) & SevStatusEnabled) != 0;
        return isSev || IsTdx ? Status.MemoryEncrypted : Status.Ok;
    }

    private static bool HasHypervisor => (Cpu.CpuId(1, 0).Ecx >> 31) != 0;

    // EBX, EDX and ECX hold "IntelTDX    ".
    private static bool IsTdx
    {
        get
        {
            if (Cpu.CpuId(0, 0).Eax < TdxLeaf)
            {
                return false;
            }
            CpuIdResult leaf = Cpu.CpuId(TdxLeaf, 0);
            return leaf.Ebx == 0x65746E49 && leaf.Edx == 0x5844546C && leaf.Ecx == 0x20202020;
        }
    }

    private static CpuIdResult Read() =>
        Cpu.CpuId(0x8000_0000, 0).Eax >= Leaf ? Cpu.CpuId(Leaf, 0) : default;
}
