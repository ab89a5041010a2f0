using System;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Ckdump.Config;
using CosmosKdump.Ckdump.Machine;

namespace CosmosKdump.Ckdump.Load;

/// <summary>
/// How large a dump of this machine would be now, before compression. Memory moves on: it is a guess for warnings, and
/// the capture kernel raises the level by itself where an area is too small.
/// </summary>
public static class DumpNeed
{
    // A full dump holds the kernel's text and data twice.
    private const ulong KernelTextBytes = 64 << 20;

    /// <summary>Bytes.</summary>
    public static ulong Bytes(MachineFacts machine, CoreCollector collector)
    {
        int level = collector.Level;
        ulong cache = machine.Memory("Cached") + machine.Memory("Buffers") - Math.Min(machine.Memory("Shmem"), machine.Memory("Cached"));
        ulong without = ((level & DumpLevel.Free) != 0 ? machine.Memory("MemFree") : 0)
            + ((level & (DumpLevel.Cache | DumpLevel.PrivateCache)) != 0 ? cache : 0)
            + ((level & DumpLevel.User) != 0 ? machine.Memory("AnonPages") + machine.Memory("Hugetlb") : 0);
        ulong memory = machine.MemoryBytes;
        return memory - Math.Min(memory, without) + KernelTextBytes;
    }
}
