using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Filter;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Messages;
using CosmosKdump.Capture.Stacks;
using CosmosKdump.Kernel.Machine;
using CosmosKdump.Kernel.Report;
using CosmosKdump.Kernel.Targets;

namespace CosmosKdump.Kernel.Shell;

/// <summary><c>bt</c>: the stack of the task that crashed, by the names that are in its kernel's memory.</summary>
internal static class BacktraceCommand
{
    private const int NameBytes = 48;
    private const int CrashingCpu = StackWalk.SymbolCount;

    /// <summary>Nothing, for the CPU that crashed, or a CPU's number.</summary>
    internal static Status Run(ReadOnlySpan<byte> argument)
    {
        Status status = CrashedKernel.Open(out PagedMemory<OldMemory> memory);
        if (status != Status.Ok)
        {
            return status;
        }
        Span<ulong> found = stackalloc ulong[StackWalk.SymbolCount + 1];
        found.Clear();
        status = KernelSymbols.Open(ref memory.Physical, ref memory.Paging, in CaptureRun.Plan.Info, out KernelSymbols symbols);
        bool hasSymbols = status == Status.Ok;
        if (hasSymbols)
        {
            status = FindSymbols(ref memory, in symbols, found);
        }
        ulong cpu = 0;
        bool isGiven = argument.Length > 0;
        if (isGiven && NumberText.ReadDecimal(argument, out cpu) != Status.Ok)
        {
            Pager.Write("bt takes the number of a CPU"u8);
            return Status.Ok;
        }
        if (!isGiven && found[CrashingCpu] != 0
            && VirtualNumber.Read32(ref memory, found[CrashingCpu], out uint crashing) == Status.Ok)
        {
            cpu = crashing;
        }
        Status notes = CpuRegisters.Find(
            ref memory.Physical, in CaptureRun.Plan.Header, in CaptureRun.Plan.Low, (uint)cpu, out CpuRegisters registers);
        if (notes != Status.Ok)
        {
            Pager.Write("this CPU left no registers"u8);
            return Status.Ok;
        }
        WriteHead(cpu, in registers);
        if (!hasSymbols)
        {
            Pager.Write("the kernel does not tell its symbols: addresses only, and what looks like them"u8);
        }
        WriteFrames(ref memory, in symbols, hasSymbols, in registers, found);
        return hasSymbols ? status : Status.Ok;
    }

    // The name of the one more symbol stands behind those of the walk.
    private static Status FindSymbols(
        ref PagedMemory<OldMemory> memory, in KernelSymbols symbols, Span<ulong> found)
    {
        Span<byte> names = stackalloc byte[256];
        ReadOnlySpan<byte> more = "crashing_cpu\0"u8;
        StackWalk.SymbolNames.CopyTo(names);
        more.CopyTo(names.Slice(StackWalk.SymbolNames.Length));
        return symbols.Find(
            ref memory.Physical,
            ref memory.Paging,
            names.Slice(0, StackWalk.SymbolNames.Length + more.Length),
            found);
    }

    private static void WriteHead(ulong cpu, in CpuRegisters registers)
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        var line = new TextLine(buffer);
        line.Add("PID "u8);
        line.AddDecimal(registers.Pid);
        line.Add(" on CPU "u8);
        line.AddDecimal(cpu);
        Pager.Write(ref line);
    }

    private static void WriteFrames(
        ref PagedMemory<OldMemory> memory,
        in KernelSymbols symbols,
        bool hasSymbols,
        in CpuRegisters registers,
        ReadOnlySpan<ulong> found)
    {
        Span<StackFrame> frames = MemoryMarshal.Cast<byte, StackFrame>(
            StaticMemory.Staging.Bytes(0, StackWalk.MostFrames * Unsafe.SizeOf<StackFrame>()));
        Span<uint> indices = stackalloc uint[StackWalk.MostFrames];
        Span<ulong> starts = stackalloc ulong[StackWalk.MostFrames];
        StackWalk walk = StackWalk.Begin(ref memory, in CaptureRun.Plan.Info, in registers, found);
        int count = 0;
        while (walk.MoveNext(ref memory, out StackFrame frame))
        {
            ulong at = frame.IsReturn ? frame.Address - 1 : frame.Address;
            indices[count] = 0;
            starts[count] = 0;
            if (hasSymbols && !frame.IsUser)
            {
                _ = symbols.Locate(ref memory.Physical, ref memory.Paging, at, out indices[count], out starts[count]);
            }
            frames[count++] = frame;
        }
        Span<byte> names = stackalloc byte[StackWalk.MostFrames * NameBytes];
        Span<byte> lengths = stackalloc byte[StackWalk.MostFrames];
        lengths.Clear();
        if (hasSymbols)
        {
            _ = symbols.ReadNames(
                ref memory.Physical,
                ref memory.Paging,
                indices.Slice(0, count),
                names.Slice(0, count * NameBytes),
                lengths.Slice(0, count));
        }
        for (int i = 0; i < count; i++)
        {
            WriteFrame(i, in frames[i], starts[i], names.Slice(i * NameBytes, Math.Min(NameBytes, (int)lengths[i])));
        }
    }

    private static void WriteFrame(int number, in StackFrame frame, ulong start, ReadOnlySpan<byte> name)
    {
        // What is further from a symbol than any function is long belongs to none.
        const ulong LongestFunction = 1 << 20;
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        var line = new TextLine(buffer);
        line.Add("#"u8);
        line.AddDecimal((ulong)number);
        line.Add(number < 10 ? "  ["u8 : " ["u8);
        line.AddHex(frame.Sp, 16);
        line.Add("] "u8);
        if (frame.IsUser)
        {
            line.Add("user mode at "u8);
            line.AddHex(frame.Address);
        }
        else if (start != 0 && name.Length > 0 && frame.Address - start < LongestFunction)
        {
            line.Add(name);
            line.Add("+"u8);
            line.AddHex(frame.Address - start);
        }
        else
        {
            line.AddHex(frame.Address);
        }
        line.Add(frame.IsGuess ? " (a guess)"u8 : default);
        Pager.Write(ref line);
    }
}
