using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Capture.Input;
using CosmosKdump.Capture.Stacks;
using Xunit;

namespace CosmosKdump.Tests.Unit.Capture.Stacks;

public class StackWalkTests
{
    private const ulong Text = FakeStackMemory.Text;
    private const ulong Stack = FakeStackMemory.Stack;

    // orc_entry's flags: sp_reg, bp_reg, type (Linux 6.4 on: three bits, calls are 2; before: two bits, calls are 0).
    private const int Sp = 5;
    private const int Bp = 4;
    private const int BpIsPrevious = 1 << 4;

    private readonly FakeStackMemory _memory = new();

    [Theory]
    [InlineData(2 << 8, 3 << 8, 1 << 8)]
    [InlineData(0, 1 << 8, 4 << 8)]
    public void Calls_and_registers_lead_to_user_mode(int call, int registers, int end)
    {
        // f calls g, with a saved frame pointer; f counts from it. Many entries tell which kind of table it is.
        _memory.AddOrc(Text, 8, 0, end);
        for (ulong i = 1; i < 100; i++)
        {
            _memory.AddOrc(Text + (i * 16), 8, 0, Sp | call);
        }
        ulong g = Text + 0x1000;
        ulong f = Text + 0x2000;
        ulong entry = Text + 0x3000;
        _memory.AddOrc(g, 32, -16, Sp | BpIsPrevious | call);
        _memory.AddOrc(f, 16, 0, Bp | call);
        _memory.AddOrc(entry, 0, 0, Sp | registers);
        _memory.Write64(Stack + 16, Stack + 100 * 8);
        _memory.Write64(Stack + 24, f + 5);
        _memory.Write64(Stack + (100 * 8) + 8, entry + 5);
        FillRegisters(Stack + (100 * 8) + 16, ip: 0x401234, cs: 0x33, sp: 0x7FFE_0000_0000);

        StackFrame[] frames = Walk(g + 5, Stack, bp: 1);

        Assert.Equal([g + 5, f + 5, entry + 5, 0x401234UL], frames.Select(frame => frame.Address));
        Assert.Equal([false, true, true, false], frames.Select(frame => frame.IsReturn));
        Assert.Equal([false, false, false, true], frames.Select(frame => frame.IsUser));
        Assert.Equal(Stack + 32, frames[1].Sp);
        Assert.Equal(0x7FFE_0000_0000UL, frames[3].Sp);
        Assert.DoesNotContain(frames, frame => frame.IsGuess);
    }

    [Fact]
    public void Code_without_a_table_is_left_by_the_call_that_led_there()
    {
        FillTable();
        ulong hole = Text + 0x1000;
        ulong caller = Text + 0x2000;
        _memory.AddOrc(hole, 0, 0, 0);
        _memory.AddOrc(hole + 0x100, 8, 0, Sp | (2 << 8));
        _memory.AddOrc(caller, 0, 0, 1 << 8);
        // Its own address and a stale one, behind a call of something else, stand before it.
        _memory.Write64(Stack, hole + 0x40);
        _memory.Write64(Stack + 8, Text + 0x5005);
        _memory.WriteCall(Text + 0x5005, Text + 0x9000);
        _memory.Write64(Stack + 16, caller + 5);
        _memory.WriteCall(caller + 5, hole);
        _memory.Write64(Stack + 24, 0);

        StackFrame[] frames = Walk(hole + 0x40, Stack, bp: 0);

        Assert.Equal([hole + 0x40, caller + 5], frames.Select(frame => frame.Address));
        Assert.False(frames[1].IsGuess);
    }

    [Fact]
    public void Another_return_address_is_a_guess()
    {
        FillTable();
        ulong hole = Text + 0x1000;
        _memory.AddOrc(hole, 0, 0, 0);
        _memory.AddOrc(hole + 0x100, 0, 0, 1 << 8);
        _memory.Write64(Stack, 1);
        // call *%rax, and data that only looks like code.
        _memory.Write64(Stack + 8, hole + 0x205);
        _memory.Write(hole + 0x1FF, 0, 0, 0, 0, 0xCC, 0xCC);
        _memory.Write64(Stack + 16, hole + 0x305);
        _memory.Write(hole + 0x2FF, 0, 0, 0, 0, 0xFF, 0xD0);

        StackFrame[] frames = Walk(hole, Stack, bp: 0);

        Assert.Equal([hole, hole + 0x305], frames.Select(frame => frame.Address));
        Assert.True(frames[1].IsGuess);
    }

    [Fact]
    public void Without_tables_frame_pointers_lead_on()
    {
        _memory.Write64(Stack + 0x20, Stack + 0x40);
        _memory.Write64(Stack + 0x28, Text + 0x105);
        _memory.Write64(Stack + 0x40, 0);
        _memory.Write64(Stack + 0x48, Text + 0x205);
        StackFrame[] frames = Walk(Text + 0x10, Stack, bp: Stack + 0x20, hasTables: false);
        Assert.Equal([Text + 0x10, Text + 0x105, Text + 0x205], frames.Select(frame => frame.Address));
        Assert.DoesNotContain(frames, frame => frame.IsGuess);
    }

    [Fact]
    public void A_stack_that_leads_back_to_itself_ends()
    {
        FillTable();
        ulong loop = Text + 0x1000;
        // SP is counted from BP, which stays as it is.
        _memory.AddOrc(loop, 16, 0, Bp | (2 << 8));
        _memory.Write64(Stack + 8, loop + 5);
        Assert.Equal(StackWalk.MostFrames, Walk(loop + 5, Stack, bp: Stack).Length);
    }

    [Fact]
    public void A_stack_that_cannot_be_read_is_one_frame()
    {
        FillTable();
        Assert.Single(Walk(Text + 0x15, Stack, bp: 0));
        Assert.Single(Walk(0x1234, Stack, bp: 0));
        Assert.Empty(Walk(0, Stack, bp: 0));
    }

    private void FillTable()
    {
        for (ulong i = 0; i < 100; i++)
        {
            _memory.AddOrc(Text + (i * 16), 8, 0, Sp | (2 << 8));
        }
    }

    // Linux: struct pt_regs, arch/x86/include/asm/ptrace.h.
    private void FillRegisters(ulong address, ulong ip, ulong cs, ulong sp)
    {
        for (ulong i = 0; i < 21; i++)
        {
            _memory.Write64(address + (i * 8), i);
        }
        _memory.Write64(address + 128, ip);
        _memory.Write64(address + 136, cs);
        _memory.Write64(address + 152, sp);
    }

    private StackFrame[] Walk(ulong ip, ulong sp, ulong bp, bool hasTables = true)
    {
        FakeStackMemory memory = _memory;
        CpuRegisters registers = new() { Ip = ip, Cs = 0x10, Sp = sp, Bp = bp };
        ulong[] symbols = memory.Symbols;
        if (!hasTables)
        {
            symbols.AsSpan(0, 3).Clear();
        }
        StackWalk walk = StackWalk.Begin(ref memory, new VmcoreInfo(default), in registers, symbols);
        List<StackFrame> frames = [];
        while (walk.MoveNext(ref memory, out StackFrame frame))
        {
            frames.Add(frame);
        }
        return [.. frames];
    }
}
