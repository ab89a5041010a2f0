using System;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Machine;

/// <summary>Prints a fault of our own: what, where, registers and a backtrace by names.</summary>
internal static class FaultReport
{
    internal static void Write(in ExceptionFrame frame, ulong faultAddress, bool isCheck)
    {
        Log.AttachLastResort();
        Span<byte> buffer = stackalloc byte[200];
        var line = new TextLine(buffer);
        line.Add("ckdump: exception "u8);
        line.AddDecimal(frame.Vector);
        line.Add(" ("u8);
        line.Add(isCheck ? CheckName(frame.Rdi) : Name(frame.Vector, faultAddress));
        line.Add(") error "u8);
        line.AddHex(frame.ErrorCode);
        if (frame.Vector is 14 or 8)
        {
            line.Add(" address "u8);
            line.AddHex(faultAddress);
        }
        Flush(ref line);
        Registers(ref line, "rip"u8, frame.Rip, "rsp"u8, frame.Rsp, "rbp"u8, frame.Rbp, "rfl"u8, frame.Rflags);
        Registers(ref line, "rax"u8, frame.Rax, "rbx"u8, frame.Rbx, "rcx"u8, frame.Rcx, "rdx"u8, frame.Rdx);
        Registers(ref line, "rsi"u8, frame.Rsi, "rdi"u8, frame.Rdi, "r8 "u8, frame.R8, "r9 "u8, frame.R9);
        Registers(ref line, "r10"u8, frame.R10, "r11"u8, frame.R11, "r12"u8, frame.R12, "r13"u8, frame.R13);
        Registers(ref line, "r14"u8, frame.R14, "r15"u8, frame.R15, "cr2"u8, faultAddress, "cr3"u8, Cpu.ReadCr3());
        var trace = new Backtrace(frame.Rip, frame.Rbp);
        for (int i = 0; i < Backtrace.MaximumFrames && trace.TryNext(out ulong address); i++)
        {
            line.Add("ckdump:   #"u8);
            line.AddDecimal((ulong)i);
            line.Add(" "u8);
            OwnSymbols.Append(ref line, address, isReturnAddress: i != 0);
            Flush(ref line);
        }
    }

    /// <summary>One line, for exceptions beyond those that are reported in full.</summary>
    internal static void WriteBrief(in ExceptionFrame frame)
    {
        Log.AttachLastResort();
        Span<byte> buffer = stackalloc byte[80];
        var line = new TextLine(buffer);
        line.Add("ckdump: another exception "u8);
        line.AddDecimal(frame.Vector);
        line.Add(" at rip "u8);
        line.AddHex(frame.Rip);
        Flush(ref line);
    }

    private static void Registers(
        ref TextLine line,
        ReadOnlySpan<byte> name1,
        ulong value1,
        ReadOnlySpan<byte> name2,
        ulong value2,
        ReadOnlySpan<byte> name3,
        ulong value3,
        ReadOnlySpan<byte> name4,
        ulong value4)
    {
        line.Add("ckdump:  "u8);
        Register(ref line, name1, value1);
        Register(ref line, name2, value2);
        Register(ref line, name3, value3);
        Register(ref line, name4, value4);
        Flush(ref line);
    }

    private static void Register(ref TextLine line, ReadOnlySpan<byte> name, ulong value)
    {
        line.Add(" "u8);
        line.Add(name);
        line.Add("="u8);
        line.AddHex(value, 16);
    }

    private static void Flush(ref TextLine line)
    {
        line.Add("\n"u8);
        Log.Write(line.Text);
        line.Clear();
    }

    private static ReadOnlySpan<byte> CheckName(ulong reason) => reason switch
    {
        ThrowHelper.ReasonIndex => "check failed: index or length out of range"u8,
        ThrowHelper.ReasonOverflow => "check failed: arithmetic overflow"u8,
        ThrowHelper.ReasonDivide => "check failed: division by zero"u8,
        ThrowHelper.ReasonNull => "check failed: null reference"u8,
        6 => "check failed: stack buffer overrun"u8,
        _ => "check failed: unsupported operation"u8,
    };

    /// <summary>Names of Intel SDM vol. 3, table 7-1.</summary>
    private static ReadOnlySpan<byte> Name(ulong vector, ulong faultAddress) => vector switch
    {
        0 => "divide error"u8,
        1 => "debug"u8,
        3 => "breakpoint"u8,
        4 => "overflow"u8,
        5 => "bound range exceeded"u8,
        6 => "invalid opcode"u8,
        7 => "device not available"u8,
        8 or 14 when Image.IsGuard(faultAddress) => "stack overflow"u8,
        8 => "double fault"u8,
        10 => "invalid TSS"u8,
        11 => "segment not present"u8,
        12 => "stack segment fault"u8,
        13 => "general protection"u8,
        14 => "page fault"u8,
        16 => "x87 floating-point error"u8,
        17 => "alignment check"u8,
        18 => "machine check"u8,
        19 => "SIMD floating-point error"u8,
        20 => "virtualization exception"u8,
        21 => "control protection"u8,
        _ => "unexpected vector"u8,
    };
}
