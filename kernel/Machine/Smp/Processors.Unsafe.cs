using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using CosmosKdump.Capture;

namespace CosmosKdump.Kernel.Machine.Smp;

/// <summary>
/// Brings the other CPUs up, once, and gives them work. The CPU that the firmware booted is left out when it is not
/// ours: an INIT would restart the machine (Linux: Documentation/admin-guide/kdump/kdump.rst, disable_cpu_apicid).
/// </summary>
internal static unsafe class Processors
{
    // Intel SDM vol. 3, 10.4.4.1 asks for 10 ms and 200 us, which no CPU of this century needs (Linux: smp_quirk_init_udelay).
    private const uint InitMicroseconds = 100;
    private const uint StartMicroseconds = 1000;
    private const uint ArrivalMilliseconds = 60;
    private const int MaximumFailures = 3;
    private const uint StopMicroseconds = 1000;

    private static bool _isStarted;
    private static int _count = 1;

    /// <summary>CPUs that came up, ours included; some may be lost since. Ours is 0.</summary>
    internal static int Count => _count;

    /// <summary>What further CPUs do, again and again, with their number; false: there was nothing, and they sleep.</summary>
    internal static delegate*<int, bool> Work { get; set; }

    /// <summary>
    /// Brings up CPUs until there are <paramref name="wanted"/> with ours, at the first call; a later call changes
    /// nothing. <see cref="Work"/> must be set.
    /// </summary>
    internal static Status Start(int wanted)
    {
        if (_isStarted || wanted <= 1)
        {
            return Status.Ok;
        }
        _isStarted = true;
        Status status = LocalApic.Find();
        if (status != Status.Ok)
        {
            return status;
        }
        PhysicalMap.Keep();
        BuildTable();
        *Root() = PageTables.Root;
        Trampoline.Install();
        status = StartAll(Math.Min(wanted, Limits.Cpus));
        *Offer() = 0;
        Trampoline.Remove();
        return status;
    }

    /// <summary>False once the CPU was lost; the first who finds out reports why.</summary>
    internal static bool IsRunning(int cpu)
    {
        CpuBlock block = CpuBlock.Of(cpu);
        if (block.State == CpuBlock.Running)
        {
            return true;
        }
        if (!block.IsTold)
        {
            block.IsTold = true;
            Tell(block);
        }
        return false;
    }

    /// <summary>Stops a CPU that does not end what it is at: it will not touch anything any more.</summary>
    internal static void Stop(int cpu)
    {
        CpuBlock block = CpuBlock.Of(cpu);
        _ = LocalApic.SendInit(block.ApicId);
        Wait(StopMicroseconds);
        block.State = CpuBlock.Lost;
    }

    /// <summary>Wakes one CPU that sleeps, if there is one.</summary>
    internal static void WakeOne()
    {
        Cpu.FullFence();
        for (int cpu = 1; cpu < _count; cpu++)
        {
            CpuBlock block = CpuBlock.Of(cpu);
            if (block.IsSleeping && block.State == CpuBlock.Running)
            {
                block.IsSleeping = false;
                _ = LocalApic.SendNonMaskable(block.ApicId);
                return;
            }
        }
    }

    private static Status StartAll(int wanted)
    {
        ProcessorWalk walk = ProcessorWalk.All();
        bool isFirst = true;
        int failures = 0;
        Status status = Status.Ok;
        while (_count < wanted && failures < MaximumFailures && walk.TryNext(out uint id))
        {
            // The MADT lists the boot CPU first (ACPI 6.5, 5.2.12.1).
            bool mayBeBootCpu = isFirst && !LocalApic.IsBootCpu;
            isFirst = false;
            if (mayBeBootCpu && id == LocalApic.Id)
            {
                // Then it is somewhere else, and nobody says where.
                return Status.DeviceUnsupported;
            }
            if (mayBeBootCpu || id == LocalApic.Id || !LocalApic.Reaches(id))
            {
                continue;
            }
            if (StartOne(id))
            {
                _count++;
            }
            else
            {
                failures++;
                status = Status.DeviceTimeout;
            }
        }
        return status;
    }

    private static bool StartOne(uint id)
    {
        CpuBlock block = CpuBlock.Of(_count);
        block.Prepare(_count, id);
        *Offer() = block.Address;
        Cpu.FullFence();
        if (LocalApic.SendInit(id) == Status.Ok)
        {
            Wait(InitMicroseconds);
            _ = LocalApic.SendStartUp(id, Trampoline.Page);
            if (!Arrives(block, Deadline.AfterMicroseconds(StartMicroseconds)))
            {
                // A CPU that is running ignores the second one.
                _ = LocalApic.SendStartUp(id, Trampoline.Page);
                _ = Arrives(block, Deadline.AfterMilliseconds(ArrivalMilliseconds));
            }
        }
        if (block.State == CpuBlock.Running)
        {
            return true;
        }
        if (block.State == CpuBlock.Lost)
        {
            Tell(block);
        }
        // Whatever comes after this finds the CPU waiting for a start that nobody sends.
        _ = LocalApic.SendInit(id);
        Wait(StopMicroseconds);
        return false;
    }

    private static bool Arrives(CpuBlock block, Deadline deadline)
    {
        while (block.State == CpuBlock.Offered && !deadline.HasPassed)
        {
            Cpu.Pause();
        }
        return block.State != CpuBlock.Offered;
    }

    /// <summary>Where a further CPU comes out of the assembly, on its own stack.</summary>
    [RuntimeExport("further_cpu_main")]
    private static void Main(ulong blockAddress)
    {
        CpuBlock block = CpuBlock.At(blockAddress);
        int index = block.Index;
        block.State = CpuBlock.Running;
        while (true)
        {
            block.IsSleeping = true;
            Cpu.FullFence();
            uint wakes = block.Wakes;
            // A plain function of the layer above.
            if (!Work(index))
            {
                Sleep(blockAddress, wakes);
            }
        }
    }

    private static void Tell(CpuBlock block)
    {
        Span<byte> buffer = stackalloc byte[ReportLine.Bytes];
        TextLine line = ReportLine.Begin(buffer);
        line.Add("CPU "u8);
        line.AddDecimal((ulong)block.Index);
        line.Add(" (APIC "u8);
        line.AddDecimal(block.ApicId);
        line.Add(") is lost: "u8);
        if (block.Instruction == 0)
        {
            line.Add("it does not answer"u8);
        }
        else
        {
            line.Add("exception "u8);
            line.AddDecimal(block.Vector);
            line.Add(" error "u8);
            line.AddHex(block.ErrorCode);
            line.Add(" address "u8);
            line.AddHex(block.FaultAddress);
            line.Add(" at "u8);
            OwnSymbols.Append(ref line, block.Instruction, isReturnAddress: false);
        }
        LogConsole console = default;
        ReportLine.Write(ref console, in line);
    }

    private static void Wait(uint microseconds)
    {
        Deadline deadline = Deadline.AfterMicroseconds(microseconds);
        while (!deadline.HasPassed)
        {
            Cpu.Pause();
        }
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "further_cpu_sleep")]
    private static extern void Sleep(ulong block, uint wakes);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "build_further_cpu_idt")]
    private static extern void BuildTable();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_further_cpu_block")]
    private static extern ulong* Offer();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "address_of_further_cpu_root")]
    private static extern ulong* Root();
}
