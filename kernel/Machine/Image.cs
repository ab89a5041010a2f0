using System.Runtime;
using System.Runtime.CompilerServices;

namespace CosmosKdump.Kernel.Machine;

/// <summary>Where our own code and data lie; physical and virtual addresses are the same.</summary>
internal static class Image
{
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_image_start")]
    internal static extern ulong Start();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_image_end")]
    internal static extern ulong End();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_text_end")]
    internal static extern ulong TextEnd();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_rodata_end")]
    internal static extern ulong ReadOnlyDataEnd();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_static_pages")]
    internal static extern ulong StaticPages();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_static_pages_end")]
    internal static extern ulong StaticPagesEnd();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_work_pages")]
    internal static extern ulong WorkPages();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_work_pages_end")]
    internal static extern ulong WorkPagesEnd();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_cpu_pages")]
    internal static extern ulong CpuPages();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_cpu_pages_end")]
    internal static extern ulong CpuPagesEnd();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_stack_guard")]
    internal static extern ulong StackGuard();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_stack_top")]
    internal static extern ulong StackTop();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_ist1_guard")]
    internal static extern ulong Ist1Guard();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_ist2_guard")]
    internal static extern ulong Ist2Guard();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_ist3_guard")]
    internal static extern ulong Ist3Guard();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_ist4_guard")]
    internal static extern ulong Ist4Guard();

    /// <summary>The whole range of the stacks, guards included.</summary>
    internal static bool IsStack(ulong address) => address >= StackGuard() && address < End();

    internal static bool IsGuard(ulong address)
    {
        ulong page = address & ~0xFFFUL;
        return page == StackGuard() || page == Ist1Guard() || page == Ist2Guard() || page == Ist3Guard()
            || page == Ist4Guard() || IsFurtherGuard(page);
    }

    // The lowest page of each further CPU's memory.
    private static bool IsFurtherGuard(ulong page) =>
        page >= CpuPages() && page < CpuPagesEnd() && (page - CpuPages()) % Smp.CpuBlock.Stride == 0;

    internal static bool Contains(ulong address) => address >= Start() && address < End();

    internal static bool IsCode(ulong address) => address >= Start() && address < TextEnd();
}
