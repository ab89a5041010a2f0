using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using System.Text;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Guests;

/// <summary>
/// A kernel module that crashes Linux as soon as it is loaded. Debian's kernels come without lkdtm, and building a
/// module wants a compiler and headers; so it is a few lines of assembly, and what depends on the kernel's build
/// (version magic, layout of <c>struct module</c>, symbol checksums) is read from a Debian module.
/// </summary>
public static class CrashModule
{
    /// <summary>The function that shows up in the backtrace of a null dereference.</summary>
    public const string NullFunction = "provoke_null_dereference";

    /// <summary>The function that shows up in the backtrace of a panic with interrupts off.</summary>
    public const string InterruptsOffFunction = "provoke_panic_interrupts_off";

    /// <summary>What the panic with interrupts off says.</summary>
    public const string InterruptsOffText = "lab: panic with interrupts off";

    // softdog calls panic() too, so it knows that symbol's checksum.
    private const string Donor = "softdog";
    private const string ThisModule = ".gnu.linkonce.this_module";
    private const int NameOffsetBytes = 24;
    private const int VersionEntryBytes = 64;

    /// <summary>Assembles the module for a kernel; returns its path.</summary>
    public static string Build(DebianKernel kernel, CrashKind kind, string folder)
    {
        (_, byte[] donor) = new KernelModules(kernel, Donor).InLoadOrder.Last();
        string source = Path.Combine(folder, "crash.S");
        string module = Path.Combine(folder, "crash.ko");
        File.WriteAllText(source, Source(new ElfFile(donor), kind));
        HostCommand.Output("as", "--64", "-o", module, source);
        return module;
    }

    /// <summary>The module's source, fitted to a module of the same kernel.</summary>
    public static string Source(ElfFile donor, CrashKind kind)
    {
        ReadOnlySpan<byte> layout = donor.Section(ThisModule);
        ReadOnlySpan<byte> relocations = donor.Section(".rela" + ThisModule);
        ReadOnlySpan<byte> versions = donor.Section("__versions");
        if (layout.Length <= NameOffsetBytes || relocations.IsEmpty || versions.Length < VersionEntryBytes
            || !layout[NameOffsetBytes..].StartsWith(Encoding.ASCII.GetBytes(donor.ModuleInfo("name"))))
        {
            throw new LabException($"{Donor}: its struct module is not laid out as expected");
        }
        // Relocations in order of their offsets: module.init, then module.exit (include/linux/module.h).
        ulong init = BinaryPrimitives.ReadUInt64LittleEndian(relocations);
        return $"""
                .section .modinfo, "a", @progbits
                .asciz "license=GPL"
                .asciz "name=crash"
                .asciz "depends="
                .asciz "retpoline=Y"
                .asciz "vermagic={donor.ModuleInfo("vermagic")}"
                .section __versions, "a", @progbits
                .quad 0x{Checksum(versions, "module_layout"):x}
                .asciz "module_layout"
                .org {VersionEntryBytes}
                .quad 0x{Checksum(versions, "panic"):x}
                .asciz "panic"
                .org {2 * VersionEntryBytes}
                .section {ThisModule}, "aw", @progbits
                .balign 64
                .org {NameOffsetBytes}
                .asciz "crash"
                .org {init}
                .quad init_module
                .org {layout.Length}
                .text
                .globl init_module
                .type init_module, @function
            init_module:
                endbr64
                push %rbp
                mov %rsp, %rbp
                call {(kind == CrashKind.NullDereference ? NullFunction : InterruptsOffFunction)}
                xor %eax, %eax
                pop %rbp
                ret
                .size init_module, . - init_module
                .type {NullFunction}, @function
            {NullFunction}:
                push %rbp
                mov %rsp, %rbp
                xor %eax, %eax
                movl $1, (%rax)
                pop %rbp
                ret
                .size {NullFunction}, . - {NullFunction}
                .type {InterruptsOffFunction}, @function
            {InterruptsOffFunction}:
                push %rbp
                mov %rsp, %rbp
                cli
                mov $text, %rdi
                xor %eax, %eax
                call panic
                .size {InterruptsOffFunction}, . - {InterruptsOffFunction}
                .section .rodata, "a", @progbits
            text:
                .asciz "{InterruptsOffText}"
                .section .note.GNU-stack, "", @progbits

            """;
    }

    // struct modversion_info: unsigned long crc; char name[64 - sizeof(unsigned long)].
    private static ulong Checksum(ReadOnlySpan<byte> versions, string symbol)
    {
        for (; versions.Length >= VersionEntryBytes; versions = versions[VersionEntryBytes..])
        {
            if (versions[8..].StartsWith(Encoding.ASCII.GetBytes(symbol + "\0")))
            {
                return BinaryPrimitives.ReadUInt64LittleEndian(versions);
            }
        }
        throw new LabException($"{Donor}: no checksum of {symbol}");
    }
}
