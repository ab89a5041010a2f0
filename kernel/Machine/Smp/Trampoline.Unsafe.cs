using System;
using System.Buffers.Binary;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace CosmosKdump.Kernel.Machine.Smp;

/// <summary>
/// The two pages of low memory in which further CPUs start: code for real mode, and a copy of our page tables' root,
/// which a CPU in 32-bit mode could not load from above 4 GiB. What lay there is in the copy of low memory that was made
/// at the entry (and in the loader's, if it made one), and is put back.
/// </summary>
internal static unsafe class Trampoline
{
    /// <summary>TRAMPOLINE in layout.inc.</summary>
    internal const ulong Page = 0x8000;

    private const ulong RootPage = Page + 0x1000;
    private const int ParameterBytes = 24;
    private const uint LongMode = 0x100;
    private const uint NoExecute = 0x800;

    /// <summary>Writes both pages and lets the first be executed.</summary>
    internal static void Install()
    {
        int length = (int)(End() - Begin());
        Span<byte> root = Map(RootPage);
        // The root table is a page of the pool of page tables.
        new ReadOnlySpan<byte>((void*)PageTables.Root, 4096).CopyTo(root);
        Span<byte> code = Map(Page);
        // The linker laid the code out between the two labels; it is shorter than a page.
        new ReadOnlySpan<byte>((void*)Begin(), length).CopyTo(code);
        Span<byte> parameters = code.Slice(length - ParameterBytes);
        uint noExecute = Cpu.HasNoExecute ? NoExecute : 0;
        BinaryPrimitives.WriteUInt32LittleEndian(parameters, (uint)RootPage);
        BinaryPrimitives.WriteUInt32LittleEndian(parameters.Slice(4), (uint)Cpu.ReadCr4());
        BinaryPrimitives.WriteUInt32LittleEndian(parameters.Slice(8), LongMode | noExecute);
        BinaryPrimitives.WriteUInt64LittleEndian(parameters.Slice(16), Entry());
        PageTables.SetLowExecutable(Page, true);
    }

    /// <summary>Puts back what was there. No CPU may be on its way through it any more.</summary>
    internal static void Remove()
    {
        PageTables.SetLowExecutable(Page, false);
        StaticMemory.LowMemory.Bytes((int)Page, 4096).CopyTo(Map(Page));
        StaticMemory.LowMemory.Bytes((int)RootPage, 4096).CopyTo(Map(RootPage));
    }

    // The window is ours until the next read of memory that needs it, and one page long.
    private static Span<byte> Map(ulong page)
    {
        PageTables.MapDevicePage(0, page, writable: true, uncached: false);
        return new Span<byte>((void*)PageTables.DeviceBase, 4096);
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_trampoline")]
    private static extern ulong Begin();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_trampoline_end")]
    private static extern ulong End();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_further_cpu_entry")]
    private static extern ulong Entry();
}
