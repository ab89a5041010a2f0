using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CosmosKdump.Kernel.Machine;

/// <summary>The processor's own instructions (Boot/cpu.S).</summary>
internal static class Cpu
{
    internal const uint MsrEfer = 0xC0000080;

    /// <summary>True if the CPU has no-execute page protection.</summary>
    internal static bool HasNoExecute => ExtendedFeature(20);

    /// <summary>True if the CPU maps 1 GiB pages.</summary>
    internal static bool HasGiantPages => ExtendedFeature(26);

    /// <summary>Physical address width, bits (Intel SDM vol. 2, CPUID leaf 80000008H).</summary>
    internal static int PhysicalAddressBits
    {
        get
        {
            if (CpuId(0x80000000, 0).Eax < 0x80000008)
            {
                return 36;
            }
            int bits = (int)(CpuId(0x80000008, 0).Eax & 0xFF);
            return bits is >= 32 and <= 52 ? bits : 36;
        }
    }

    internal static CpuIdResult CpuId(uint leaf, uint subleaf)
    {
        CpuIdResult result = default;
        unsafe
        {
            // The result lives on this stack frame for the whole call.
            CpuIdInto(leaf, subleaf, &result);
        }
        return result;
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "cpu_pause")]
    internal static extern void Pause();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "cpu_store_fence")]
    internal static extern void StoreFence();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "cpu_full_fence")]
    internal static extern void FullFence();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "cpu_timestamp")]
    internal static extern ulong Timestamp();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "cpu_halt")]
    internal static extern void Halt();

    /// <summary>Stores a value if another is still there, as one step for all CPUs; what was there.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "cpu_compare_exchange")]
    internal static extern uint CompareExchange(ulong address, uint expected, uint value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "cpu_triple_fault")]
    internal static extern void TripleFault();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "cpu_read_msr")]
    internal static extern ulong ReadMsr(uint msr);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "cpu_write_msr")]
    internal static extern void WriteMsr(uint msr, ulong value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "cpu_read_cr2")]
    internal static extern ulong ReadCr2();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "cpu_read_cr4")]
    internal static extern ulong ReadCr4();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "cpu_write_cr4")]
    internal static extern void WriteCr4(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "cpu_read_cr3")]
    internal static extern ulong ReadCr3();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "cpu_write_cr3")]
    internal static extern void WriteCr3(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "cpu_invalidate_page")]
    internal static extern void InvalidatePage(ulong address);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "load_idt")]
    internal static extern void LoadIdt();

    private static bool ExtendedFeature(int bit) =>
        CpuId(0x80000000, 0).Eax >= 0x80000001 && (CpuId(0x80000001, 0).Edx >> bit & 1) != 0;

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "cpu_cpuid")]
    private static extern unsafe void CpuIdInto(uint leaf, uint subleaf, CpuIdResult* result);
}
