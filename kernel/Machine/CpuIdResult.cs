using System.Runtime.InteropServices;

namespace CosmosKdump.Kernel.Machine;

/// <summary>The four registers of CPUID, in the order in which cpu_cpuid stores them.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CpuIdResult
{
    internal uint Eax;
    internal uint Ebx;
    internal uint Ecx;
    internal uint Edx;
}
