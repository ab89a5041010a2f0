using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using CosmosKdump.Capture;
using CosmosKdump.Kernel.Machine;

namespace CosmosKdump.Kernel.Report;

/// <summary>
/// <c>kdump.selftest=1</c>: provokes each kind of processor exception inside a step of its own and says whether the
/// step ended as it should, and tries the compressors; then the capture goes on. For bring-up on new hardware, and for
/// the tests.
/// </summary>
internal static unsafe class SelfTest
{
    internal static void Run(int cpus)
    {
        Expect("divide error"u8, &DivideError, Status.StepFaulted);
        Expect("breakpoint"u8, &Breakpoint, Status.StepFaulted);
        Expect("invalid opcode"u8, &InvalidOpcode, Status.StepFaulted);
        Expect("general protection"u8, &GeneralProtection, Status.StepFaulted);
        Expect("null read"u8, &NullRead, Status.StepFaulted);
        Expect("execute data"u8, &NoExecute, Status.StepFaulted);
        Expect("write to code"u8, &WriteToCode, Status.StepFaulted);
        Expect("write to old memory"u8, &WriteToOldMemory, Status.StepFaulted);
        Expect("segment not present"u8, &SegmentNotPresent, Status.StepFaulted);
        Expect("stack segment fault"u8, &StackSegment, Status.StepFaulted);
        Expect("double fault"u8, &DoubleFault, Status.StepFaulted);
        RestoreGeneralProtectionGate();
        Expect("stack overflow"u8, &StackOverflow, Status.StepFaulted);
        Expect("index check"u8, &IndexCheck, Status.StepFaulted);
        Expect("spurious vector"u8, &SpuriousVector, Status.StepFaulted);
        Expect("NMI"u8, &Nmi, Status.Ok);
        // More than are reported in full.
        for (int i = 0; i < Exceptions.MaximumReports; i++)
        {
            Expect("one of many"u8, &Breakpoint, Status.StepFaulted);
        }
        Exceptions.ReportInFullAgain();
        CodecTest.Run();
        CpuTest.Run(cpus);
    }

    private static void Expect(ReadOnlySpan<byte> name, delegate*<ulong, Status> step, Status expected)
    {
        // The functions run inside a step: whatever they fault with ends there.
        Status status = Step.Run(step, 1);
        Span<byte> buffer = stackalloc byte[100];
        var line = new TextLine(buffer);
        line.Add("ckdump: selftest: "u8);
        line.Add(name);
        line.Add(status == expected ? ": ok\n"u8 : ": FAILED\n"u8);
        Log.Write(line.Text);
    }

    private static Status StackOverflow(ulong depth)
    {
        Span<byte> buffer = stackalloc byte[256];
        buffer[(int)(depth & 0xFF)] = 1;
        Status status = StackOverflow(depth + 1);
        return status + buffer[(int)(depth & 0xFF)];
    }

    private static Status IndexCheck(ulong index)
    {
        Span<byte> buffer = stackalloc byte[4];
        return (Status)buffer[(int)index + 9];
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "provoke_divide_error")]
    private static extern Status DivideError(ulong unused);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "provoke_breakpoint")]
    private static extern Status Breakpoint(ulong unused);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "provoke_invalid_opcode")]
    private static extern Status InvalidOpcode(ulong unused);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "provoke_general_protection")]
    private static extern Status GeneralProtection(ulong unused);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "provoke_null_read")]
    private static extern Status NullRead(ulong unused);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "provoke_no_execute")]
    private static extern Status NoExecute(ulong unused);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "provoke_write_to_code")]
    private static extern Status WriteToCode(ulong unused);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "provoke_write_to_old_memory")]
    private static extern Status WriteToOldMemory(ulong unused);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "provoke_segment_not_present")]
    private static extern Status SegmentNotPresent(ulong unused);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "provoke_stack_segment")]
    private static extern Status StackSegment(ulong unused);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "provoke_double_fault")]
    private static extern Status DoubleFault(ulong unused);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "restore_general_protection_gate")]
    private static extern void RestoreGeneralProtectionGate();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "provoke_spurious_vector")]
    private static extern Status SpuriousVector(ulong unused);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "provoke_nmi_vector")]
    private static extern Status Nmi(ulong unused);
}
