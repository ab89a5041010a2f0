using System;
using System.Buffers.Binary;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Ranges;

namespace CosmosKdump.Capture.Stacks;

/// <summary>
/// The registers of a CPU that a walk of its stack begins with, out of its NT_PRSTATUS note (Linux: struct elf_prstatus in
/// include/linux/elfcore.h, and user_regs_struct in arch/x86/include/asm/user_64.h, whose order is that of pt_regs).
/// </summary>
public struct CpuRegisters
{
    private const int NoteBytes = 336;
    private const int PidAt = 32;
    private const int RegistersAt = 112;

    /// <summary>PID of the task that ran.</summary>
    public uint Pid;

    /// <summary>Instruction pointer.</summary>
    public ulong Ip;

    /// <summary>Code segment: the low two bits are not zero in user mode.</summary>
    public ulong Cs;

    /// <summary>Stack pointer.</summary>
    public ulong Sp;

    /// <summary>Base pointer.</summary>
    public ulong Bp;

    /// <summary>R10.</summary>
    public ulong R10;

    /// <summary>R13.</summary>
    public ulong R13;

    /// <summary>RDI.</summary>
    public ulong Di;

    /// <summary>RDX.</summary>
    public ulong Dx;

    /// <summary>The CPU was in user mode.</summary>
    public readonly bool IsUser => (Cs & 3) != 0;

    /// <summary>Takes the registers from the beginning of a pt_regs.</summary>
    public void Fill(ReadOnlySpan<byte> registers)
    {
        R13 = At(registers, 2);
        Bp = At(registers, 4);
        R10 = At(registers, 7);
        Dx = At(registers, 12);
        Di = At(registers, 14);
        Ip = At(registers, 16);
        Cs = At(registers, 17);
        Sp = At(registers, 19);
    }

    /// <summary>
    /// Finds the registers of a CPU by its number: each has a PT_NOTE, an empty one if it did not answer.
    /// <see cref="Status.NoDevice"/>: there are no registers of such a CPU.
    /// </summary>
    public static Status Find<TMemory>(
        ref TMemory memory, scoped in ElfCoreHeader header, scoped in LowMemory low, uint cpu, out CpuRegisters registers)
        where TMemory : struct, IPhysicalMemory
    {
        registers = default;
        uint number = 0;
        for (uint i = 0; i < header.Count; i++)
        {
            if (header.TryGet(ref memory, i, out ProgramHeader segment) != Status.Ok
                || segment.Type != ProgramHeader.TypeNote)
            {
                continue;
            }
            NoteWalker walker = low.NotesOf(in segment);
            bool isEmpty = true;
            while (walker.MoveNext(ref memory, out Note note))
            {
                isEmpty = false;
                if (note.Type == Note.TypePrstatus && note.DescriptionBytes == NoteBytes && number++ == cpu)
                {
                    return Read(ref memory, note.DescriptionAddress, out registers);
                }
            }
            number += isEmpty ? 1u : 0;
        }
        return Status.NoDevice;
    }

    private static Status Read<TMemory>(ref TMemory memory, ulong address, out CpuRegisters registers)
        where TMemory : struct, IPhysicalMemory
    {
        Span<byte> note = stackalloc byte[NoteBytes];
        Status status = memory.Read(address, note);
        registers = default;
        registers.Pid = BinaryPrimitives.ReadUInt32LittleEndian(note[PidAt..]);
        registers.Fill(note[RegistersAt..]);
        return status;
    }

    private static ulong At(ReadOnlySpan<byte> registers, int index) =>
        BinaryPrimitives.ReadUInt64LittleEndian(registers[(index * sizeof(ulong))..]);
}
