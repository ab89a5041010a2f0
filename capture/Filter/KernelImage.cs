using System;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Ranges;

namespace CosmosKdump.Capture.Filter;

/// <summary>Where the crashed kernel's image lies in physical memory.</summary>
public struct KernelImage
{
    /// <summary>Where the kernel maps it, or above: __START_KERNEL_map.</summary>
    internal const ulong Base = 0xFFFF_FFFF_8000_0000;

    private const ulong LargestBytes = 1UL << 30;

    // VMCOREINFO tells where the image begins, and not where it ends; its symbols do.
    private const ulong MostBytes = 64 << 20;

    // A version string is shorter.
    private const ulong BannerBytes = 512;

    private TaskCaches _taskCaches;

    /// <summary>The image from its text on; empty if VMCOREINFO does not tell.</summary>
    public PhysicalRange All { get; private set; }

    /// <summary>The text.</summary>
    public PhysicalRange Text { get; private set; }

    /// <summary>Its symbol table; this and the next are empty where the kernel does not tell.</summary>
    public PhysicalRange Symbols { get; private set; }

    /// <summary>Its types: BTF.</summary>
    public PhysicalRange Types { get; private set; }

    /// <summary>Its tables for unwinding stacks: ORC.</summary>
    public PhysicalRange Unwinding { get; private set; }

    /// <summary>Constants, what is above and below among them.</summary>
    public PhysicalRange Constants { get; private set; }

    /// <summary>Where the kernel's offsets are that it sets once while it boots: every debugger reads them.</summary>
    public PhysicalRange SetOnce { get; private set; }

    /// <summary>By its version a debugger knows that the dump belongs to a vmlinux.</summary>
    public PhysicalRange Banner { get; private set; }

    /// <summary>The caches of tasks, none where the kernel does not tell.</summary>
    public readonly TaskCaches TaskCaches => _taskCaches;

    /// <summary>
    /// Finds the image by <c>_stext</c>, and the end of its text by the page tables: what follows is not executable.
    /// </summary>
    public static KernelImage Find<TMemory>(
        scoped ref TMemory memory, scoped ref KernelPaging paging, scoped in VmcoreInfo info)
        where TMemory : struct, IPhysicalMemory
    {
        KernelImage image = default;
        if (info.TryGetSymbol("_stext"u8, out ulong text) != Status.Ok
            || info.TryGetConstant("phys_base"u8, out ulong physicalBase) != Status.Ok
            || text < Base || text - Base >= LargestBytes)
        {
            return image;
        }
        ulong start = (text - Base + physicalBase) & ~(Limits.PageBytes - 1UL);
        if (start >= Limits.PhysicalEnd - MostBytes)
        {
            return image;
        }
        image.All = new PhysicalRange(start, start + MostBytes);
        ulong done = 0;
        while (done < MostBytes
            && paging.Translate(ref memory, text + done, out ulong physical, out ulong length) == Status.Ok
            && paging.IsExecutable && physical - done == start)
        {
            done += length;
        }
        image.Text = new PhysicalRange(start, start + (done < MostBytes ? done : MostBytes));
        image.FindTables(ref memory, ref paging, in info, text & ~(Limits.PageBytes - 1UL));
        return image;
    }

    private void FindTables<TMemory>(
        scoped ref TMemory memory, scoped ref KernelPaging paging, scoped in VmcoreInfo info, ulong virtualStart)
        where TMemory : struct, IPhysicalMemory
    {
        if (KernelSymbols.Open(ref memory, ref paging, in info, out KernelSymbols symbols) != Status.Ok)
        {
            return;
        }
        Span<ulong> found = stackalloc ulong[13];
        found.Clear();
        // Linux: include/asm-generic/vmlinux.lds.h, init/version.c, kernel/fork.c, kernel/pid.c, lib/radix-tree.c.
        symbols.Find(
            ref memory,
            ref paging,
            "__start_BTF\0__stop_BTF\0__start_orc_unwind_ip\0__stop_orc_unwind\0"u8
            + "__end_rodata\0__start_ro_after_init\0__end_ro_after_init\0linux_banner\0_end\0"u8
            + "task_struct_cachep\0mm_cachep\0radix_tree_node_cachep\0init_pid_ns\0"u8,
            found);
        Symbols = Part(virtualStart, symbols.Start, symbols.End);
        Types = Part(virtualStart, found[0], found[1]);
        Unwinding = Part(virtualStart, found[2], found[3]);
        Constants = Part(virtualStart, virtualStart + (Text.Pages * Limits.PageBytes), found[4]);
        SetOnce = Around(virtualStart, found[5], found[6]);
        Banner = Around(virtualStart, found[7], found[7] + BannerBytes);
        PhysicalRange whole = Around(virtualStart, virtualStart, found[8]);
        All = whole.Pages > Text.Pages ? whole : All;
        for (int i = 9; i < 12; i++)
        {
            _taskCaches.AddVariable(ref memory, ref paging, found[i]);
        }
        _taskCaches.AddNamespace(ref memory, ref paging, found[12]);
    }

    // The pages that hold anything from one virtual address to another.
    private readonly PhysicalRange Around(ulong virtualStart, ulong start, ulong end) => start >= end
        ? default
        : Part(virtualStart, start & ~(Limits.PageBytes - 1UL), (end + Limits.PageBytes - 1) & ~(Limits.PageBytes - 1UL));

    // The whole pages between two virtual addresses; empty if they do not lie in the image.
    private readonly PhysicalRange Part(ulong virtualStart, ulong start, ulong end)
    {
        ulong first = (start - virtualStart + Limits.PageBytes - 1) & ~(Limits.PageBytes - 1UL);
        ulong last = (end - virtualStart) & ~(Limits.PageBytes - 1UL);
        return start >= virtualStart && first < last && last <= MostBytes
            ? new PhysicalRange(All.Start + first, All.Start + last)
            : default;
    }
}
