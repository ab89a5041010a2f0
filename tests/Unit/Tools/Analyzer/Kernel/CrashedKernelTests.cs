using System;
using System.Buffers.Binary;
using System.Linq;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Capture;
using CosmosKdump.Tests.Unit.Tools.Analyzer.Fakes;
using Xunit;

namespace CosmosKdump.Tests.Unit.Tools.Analyzer.Kernel;

public sealed class CrashedKernelTests
{
    [Fact]
    public void Tells_name_time_and_registers()
    {
        using OpenedKernel opened = new(new SyntheticKernel().ToVmcore());
        Assert.Equal(new KernelName("testhost", SyntheticKernel.Release, "#1 SMP", "x86_64"), opened.Kernel.Name);
        Assert.Equal(SyntheticKernel.Release, opened.Kernel.Release);
        Assert.Equal(SyntheticKernel.CrashTime, opened.Kernel.CrashTimeSeconds);
        Assert.Equal([101U, 0U], opened.Kernel.Cpus.Select(cpu => cpu.Pid));
        Assert.Equal(SyntheticKernel.Image + 0x1234, opened.Kernel.Cpus[0].InstructionPointer);
        Assert.Equal(0xFF5D_0B38_403F_FAF8, opened.Kernel.Cpus[0].StackPointer);
    }

    [Fact]
    public void Registers_have_the_order_of_the_note()
    {
        byte[] status = new byte[CpuRegisters.Bytes];
        for (int i = 0; i < CpuRegisters.Names.Count; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(status.AsSpan(112 + (8 * i)), (ulong)i + 100);
        }
        using OpenedKernel opened = new(new VmcoreBuilder().Note("CORE", 1, status).Segment(0, [1]).Build());
        CpuRegisters cpu = Assert.Single(opened.Kernel.Cpus);
        Assert.Equal(Enumerable.Range(100, 27).Select(i => (ulong)i), cpu.Values);
        Assert.Equal(cpu.InstructionPointer, cpu.Values[CpuRegisters.Names.ToList().IndexOf("rip")]);
        Assert.Equal(cpu.StackPointer, cpu.Values[CpuRegisters.Names.ToList().IndexOf("rsp")]);
    }

    [Fact]
    public void Without_VMCOREINFO_there_is_no_log_and_no_name()
    {
        using OpenedKernel opened = new(new VmcoreBuilder().Cpu(1, 2, 3).Segment(0x1000, new byte[4096]).Build());
        Assert.Null(opened.Kernel.Release);
        Assert.Null(opened.Kernel.CrashTimeSeconds);
        Assert.Equal(Status.VmcoreInfoIncomplete, opened.Kernel.NameStatus);
        Assert.Contains("no VMCOREINFO note", opened.LogProblem());
    }

    [Fact]
    public void VMCOREINFO_lines_come_in_their_order()
    {
        using OpenedKernel opened = new(new VmcoreBuilder().Info("B=2\nnot a line\nA=1=x\n\n").Segment(0, [1]).Build());
        Assert.Equal(["B=2", "A=1=x"], opened.Kernel.Info.Lines.Select(line => $"{line.Key}={line.Value}"));
        Assert.Equal("1=x", opened.Kernel.Info.TextOf("A"u8));
    }
}
