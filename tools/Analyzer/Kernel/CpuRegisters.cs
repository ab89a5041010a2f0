using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture;

namespace CosmosKdump.Analyzer.Kernel;

/// <summary>
/// The registers of one CPU out of its NT_PRSTATUS note (Linux: struct elf_prstatus in include/linux/elfcore.h, and
/// user_regs_struct in arch/x86/include/asm/user_64.h).
/// </summary>
public sealed class CpuRegisters
{
    /// <summary>Size of struct elf_prstatus on x86-64, bytes.</summary>
    public const int Bytes = 336;

    private const int PidAt = 32;
    private const int RegistersAt = 112;

    private static readonly string[] NamesInOrder =
    [
        "r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10", "r9", "r8", "rax", "rcx", "rdx", "rsi", "rdi",
        "orig_rax", "rip", "cs", "rflags", "rsp", "ss", "fs_base", "gs_base", "ds", "es", "fs", "gs",
    ];

    private readonly ulong[] _values;

    private CpuRegisters(uint pid, ulong[] values)
    {
        Pid = pid;
        _values = values;
    }

    /// <summary>Names of the registers in the order of the note.</summary>
    public static IReadOnlyList<string> Names => NamesInOrder;

    /// <summary>PID of the task that ran.</summary>
    public uint Pid { get; }

    /// <summary>Values in the order of <see cref="Names"/>.</summary>
    public IReadOnlyList<ulong> Values => _values;

    /// <summary>Instruction pointer.</summary>
    public ulong InstructionPointer => _values[16];

    /// <summary>Stack pointer.</summary>
    public ulong StackPointer => _values[19];

    /// <summary>
    /// Reads the registers of a note; <see cref="Status.NoteMalformed"/> if it is of another size,
    /// <see cref="Status.MemoryUnreadable"/>.
    /// </summary>
    public static Status Read(VmcoreFile vmcore, VmcoreNote note, out CpuRegisters? registers)
    {
        registers = null;
        if (note.LengthBytes != Bytes)
        {
            return Status.NoteMalformed;
        }
        Span<byte> raw = stackalloc byte[Bytes];
        Status status = vmcore.Bytes.Read(note.OffsetBytes, raw);
        if (status != Status.Ok)
        {
            return status;
        }
        ulong[] values = new ulong[NamesInOrder.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadUInt64LittleEndian(raw[(RegistersAt + (i * sizeof(ulong)))..]);
        }
        registers = new CpuRegisters(BinaryPrimitives.ReadUInt32LittleEndian(raw[PidAt..]), values);
        return Status.Ok;
    }
}
