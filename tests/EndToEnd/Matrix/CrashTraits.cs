using System;
using System.Collections.Generic;
using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Tests.EndToEnd.Matrix;

/// <summary>How a kind of crash shows in a dump.</summary>
/// <param name="Message">In the kernel's log.</param>
/// <param name="Panic">What <c>crash</c> calls the panic.</param>
/// <param name="Command">The task that crashed; empty: whichever ran.</param>
/// <param name="Unwound">Functions from the saved registers on, innermost first; others may lie between them.</param>
/// <param name="OnStack">
/// Functions on the stack of the crash, innermost first. It has more than was unwound when the registers were saved
/// at the instruction that faulted.
/// </param>
public sealed record CrashTraits(
    string Message, string Panic, string Command, IReadOnlyList<string> Unwound, IReadOnlyList<string> OnStack)
{
    /// <summary>The traits of a kind.</summary>
    public static CrashTraits Of(CrashKind kind) => kind switch
    {
        CrashKind.SysRq => OfSysRq(),
        CrashKind.NullDereference => new CrashTraits(
            "BUG: kernel NULL pointer dereference, address: 0000000000000000",
            "Oops: 0002",
            "insmod",
            ["do_one_initcall", "do_init_module", "do_syscall_64"],
            ["__crash_kexec", "crash_kexec", "oops_end", "page_fault_oops", "exc_page_fault", "do_one_initcall"]),
        CrashKind.InterruptsOff => new CrashTraits(
            $"Kernel panic - not syncing: {CrashModule.InterruptsOffText}",
            $"Kernel panic - not syncing: {CrashModule.InterruptsOffText}",
            "insmod",
            ["__crash_kexec", "panic"],
            ["__crash_kexec", "panic", "do_one_initcall", "do_init_module", "do_syscall_64"]),
        CrashKind.Nmi => new CrashTraits(
            "NMI: Not continuing",
            "Kernel panic - not syncing: NMI: Not continuing",
            "",
            ["__crash_kexec", "panic", "unknown_nmi_error", "exc_nmi"],
            ["__crash_kexec", "panic", "unknown_nmi_error", "exc_nmi"]),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static CrashTraits OfSysRq()
    {
        string[] frames =
        [
            "__crash_kexec", "panic", "sysrq_handle_crash", "__handle_sysrq", "write_sysrq_trigger", "vfs_write",
            "ksys_write", "do_syscall_64",
        ];
        const string Panic = "Kernel panic - not syncing: sysrq triggered crash";
        return new CrashTraits(Panic, Panic, "sh", frames, frames);
    }
}
