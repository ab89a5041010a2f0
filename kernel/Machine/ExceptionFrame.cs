using System.Runtime.InteropServices;

namespace CosmosKdump.Kernel.Machine;

/// <summary>Registers at an exception, in the order in which Boot/isr.S pushes them.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ExceptionFrame
{
    internal ulong R15;
    internal ulong R14;
    internal ulong R13;
    internal ulong R12;
    internal ulong R11;
    internal ulong R10;
    internal ulong R9;
    internal ulong R8;
    internal ulong Rdi;
    internal ulong Rsi;
    internal ulong Rbp;
    internal ulong Rbx;
    internal ulong Rdx;
    internal ulong Rcx;
    internal ulong Rax;
    internal ulong Vector;
    internal ulong ErrorCode;
    internal ulong Rip;
    internal ulong Cs;
    internal ulong Rflags;
    internal ulong Rsp;
    internal ulong Ss;
}
