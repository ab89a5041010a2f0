using System;
using System.Buffers.Binary;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Messages;

namespace CosmosKdump.Capture.Stacks;

/// <summary>
/// Walks a stack of the crashed kernel from the innermost frame on: by ORC, as arch/x86/kernel/unwind_orc.c does, by frame
/// pointers where the kernel has no such tables, and where neither leads on by what looks like a return address. Bounded,
/// whatever the stack holds.
/// </summary>
public struct StackWalk
{
    /// <summary>Most frames of a walk.</summary>
    public const int MostFrames = 48;

    private const int FullRegisterBytes = 21 * sizeof(ulong);
    private const ulong LargestStack = 32 << 10;
    private const int ScannedWords = 1024;
    private const ulong LargestFunction = 16 << 10;

    private OrcTable _table;
    private KernelText _text;
    private CpuRegisters _state;
    private StackFrame _next;
    private bool _hasAllRegisters;
    private int _count;

    /// <summary>
    /// Begins with a CPU's registers. <paramref name="symbols"/>: addresses of what <see cref="SymbolNames"/> lists, 0 for
    /// what is not known.
    /// </summary>
    public static StackWalk Begin<TMemory>(
        ref TMemory memory,
        scoped in VmcoreInfo info,
        scoped in CpuRegisters registers,
        scoped ReadOnlySpan<ulong> symbols)
        where TMemory : struct, IVirtualMemory
    {
        StackWalk walk = default;
        walk._table = OrcTable.Open(ref memory, symbols[0], symbols[1], symbols[2]);
        bool isKnown = info.TryGetSymbol("_stext"u8, out ulong start) == Status.Ok;
        walk._text = new KernelText(isKnown ? start : symbols[3], symbols[4]);
        walk._state = registers;
        walk._hasAllRegisters = true;
        walk._next.Address = registers.Ip;
        walk._next.Sp = registers.Sp;
        walk._next.IsUser = registers.IsUser;
        return walk;
    }

    /// <summary>Names of the symbols that a walk uses, a NUL behind each.</summary>
    public static ReadOnlySpan<byte> SymbolNames =>
        "__start_orc_unwind_ip\0__stop_orc_unwind_ip\0__start_orc_unwind\0_stext\0_etext\0"u8;

    /// <summary>Number of these symbols.</summary>
    public const int SymbolCount = 5;

    /// <summary>The next frame; false at the end of the stack.</summary>
    public bool MoveNext<TMemory>(ref TMemory memory, out StackFrame frame)
        where TMemory : struct, IVirtualMemory
    {
        frame = _next;
        if (_next.Address == 0 || _count == MostFrames)
        {
            return false;
        }
        _count++;
        _next = default;
        if (frame.IsUser)
        {
            return true;
        }
        ulong at = frame.IsReturn ? frame.Address - 1 : frame.Address;
        if (_text.Contains(at) && _table.TryFind(ref memory, at, out OrcEntry entry))
        {
            if (!Follow(ref memory, in entry) && entry.Type != OrcEntry.TypeEndOfStack)
            {
                Scan(ref memory);
            }
        }
        else if (_table.IsPresent || !FollowFramePointer(ref memory))
        {
            Scan(ref memory);
        }
        return true;
    }

    private bool Follow<TMemory>(ref TMemory memory, scoped in OrcEntry entry)
        where TMemory : struct, IVirtualMemory
    {
        if (entry.Type is OrcEntry.TypeUndefined or OrcEntry.TypeEndOfStack
            || !TryFindSp(ref memory, in entry, out ulong sp))
        {
            return false;
        }
        ulong before = _state.Bp;
        if (entry.Type == OrcEntry.TypeCall)
        {
            if (VirtualNumber.Read64(ref memory, sp - sizeof(ulong), out ulong ip) != Status.Ok)
            {
                return false;
            }
            _state.Ip = ip;
            _state.Sp = sp;
            _hasAllRegisters = false;
            Offer(isReturn: true, isGuess: false);
        }
        else if (!TryTakeRegisters(ref memory, sp, entry.Type == OrcEntry.TypeRegisters))
        {
            return false;
        }
        ulong bpAt = entry.BpRegister == OrcEntry.RegisterPreviousSp ? sp + (ulong)entry.BpOffset
            : entry.BpRegister == OrcEntry.RegisterBp ? before + (ulong)entry.BpOffset
            : 0;
        if (bpAt != 0 && VirtualNumber.Read64(ref memory, bpAt, out ulong bp) == Status.Ok)
        {
            _state.Bp = bp;
        }
        return true;
    }

    private readonly bool TryFindSp<TMemory>(ref TMemory memory, scoped in OrcEntry entry, out ulong sp)
        where TMemory : struct, IVirtualMemory
    {
        int register = entry.SpRegister;
        ulong offset = (ulong)entry.SpOffset;
        sp = register switch
        {
            OrcEntry.RegisterSp => _state.Sp + offset,
            OrcEntry.RegisterBp or OrcEntry.RegisterBpIndirect => _state.Bp + offset,
            OrcEntry.RegisterSpIndirect => _state.Sp,
            OrcEntry.RegisterR10 when _hasAllRegisters => _state.R10,
            OrcEntry.RegisterR13 when _hasAllRegisters => _state.R13,
            OrcEntry.RegisterDi when _hasAllRegisters => _state.Di,
            OrcEntry.RegisterDx when _hasAllRegisters => _state.Dx,
            _ => 0,
        };
        if (register is OrcEntry.RegisterBpIndirect or OrcEntry.RegisterSpIndirect)
        {
            if (VirtualNumber.Read64(ref memory, sp, out sp) != Status.Ok)
            {
                return false;
            }
            sp += register == OrcEntry.RegisterSpIndirect ? offset : 0;
        }
        return sp != 0;
    }

    // A pt_regs, or what an interrupt pushes: ip, cs, flags, sp, ss.
    private bool TryTakeRegisters<TMemory>(ref TMemory memory, ulong address, bool isFull)
        where TMemory : struct, IVirtualMemory
    {
        Span<byte> bytes = stackalloc byte[FullRegisterBytes];
        bytes.Clear();
        Span<byte> read = isFull ? bytes : bytes[(16 * sizeof(ulong))..];
        if (memory.Read(address, read) != Status.Ok)
        {
            return false;
        }
        ulong bp = _state.Bp;
        _state.Fill(bytes);
        _state.Bp = isFull ? _state.Bp : bp;
        _hasAllRegisters = isFull;
        Offer(isReturn: false, isGuess: false);
        return true;
    }

    private bool FollowFramePointer<TMemory>(ref TMemory memory)
        where TMemory : struct, IVirtualMemory
    {
        ulong bp = _state.Bp;
        if (bp < _state.Sp || bp - _state.Sp >= LargestStack || (bp & 7) != 0
            || VirtualNumber.Read64(ref memory, bp + sizeof(ulong), out ulong ip) != Status.Ok || !_text.Contains(ip)
            || VirtualNumber.Read64(ref memory, bp, out ulong caller) != Status.Ok)
        {
            return false;
        }
        _state.Ip = ip;
        _state.Sp = bp + (2 * sizeof(ulong));
        _state.Bp = caller;
        Offer(isReturn: true, isGuess: false);
        return true;
    }

    // Some code has no tables, __crash_kexec among it. Of what is on the stack, an address behind a call that leads to
    // where we are is the caller's; without one, an address behind any call may be.
    private void Scan<TMemory>(ref TMemory memory)
        where TMemory : struct, IVirtualMemory
    {
        if (!TryScan(ref memory, isDirect: true))
        {
            _ = TryScan(ref memory, isDirect: false);
        }
    }

    private bool TryScan<TMemory>(ref TMemory memory, bool isDirect)
        where TMemory : struct, IVirtualMemory
    {
        ulong at = (_state.Sp + 7) & ~7UL;
        for (int i = 0; i < ScannedWords; i++, at += sizeof(ulong))
        {
            if (VirtualNumber.Read64(ref memory, at, out ulong word) != Status.Ok)
            {
                return false;
            }
            if (_text.Contains(word) && IsBehindCall(ref memory, word, isDirect))
            {
                _state.Ip = word;
                _state.Sp = at + sizeof(ulong);
                _hasAllRegisters = false;
                Offer(isReturn: true, isGuess: !isDirect);
                return true;
            }
        }
        return false;
    }

    // E8 and a displacement, or FF /2 with a register or a displacement (Intel SDM vol. 2, CALL).
    private readonly bool IsBehindCall<TMemory>(ref TMemory memory, ulong address, bool isDirect)
        where TMemory : struct, IVirtualMemory
    {
        Span<byte> code = stackalloc byte[6];
        if (memory.Read(address - 6, code) != Status.Ok)
        {
            return false;
        }
        if (isDirect)
        {
            ulong target = address + (ulong)BinaryPrimitives.ReadInt32LittleEndian(code[2..]);
            return code[1] == 0xE8 && target <= _state.Ip && _state.Ip - target < LargestFunction;
        }
        return code[1] == 0xE8
            || (code[4] == 0xFF && (code[5] & 0xF8) == 0xD0)
            || (code[0] == 0xFF && (code[1] & 0x38) == 0x10);
    }

    private void Offer(bool isReturn, bool isGuess)
    {
        _next.Address = _state.Ip;
        _next.Sp = _state.Sp;
        _next.IsReturn = isReturn;
        _next.IsGuess = isGuess;
        _next.IsUser = !isReturn && _state.IsUser;
    }
}
