using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Tests.EndToEnd.Support;
using CosmosKdump.Tests.EndToEnd.Tools;
using Xunit;

namespace CosmosKdump.Tests.EndToEnd.Matrix;

/// <summary>
/// Opens the dump of a crashed guest with readelf, drgn, gdb and crash, and compares their answers with what is known
/// of the guest, and with one another.
/// </summary>
public sealed partial class DumpCheck
{
    // struct elf_prstatus of x86-64 (include/linux/elfcore.h): pr_pid, and the registers that gdb is asked for.
    private const int PidOffset = 32;
    private const int RegistersOffset = 112;
    private static readonly (string Name, int Index)[] Registers =
    [
        ("r15", 0), ("r12", 3), ("rbp", 4), ("rbx", 5), ("rax", 10), ("rcx", 11), ("rdx", 12), ("rsi", 13),
        ("rdi", 14), ("rip", 16), ("rsp", 19),
    ];

    private readonly GuestOptions _options;
    private readonly string _dump;
    private readonly string _release;
    private readonly string _vmlinux;
    private readonly CrashTraits _traits;
    private readonly VmcoreHeader _header;
    private readonly ulong _kernelOffset;
    private readonly IReadOnlyList<string> _consoleLines;

    /// <summary>The dump of a guest; the guest's console tells what its log must hold.</summary>
    public DumpCheck(Guest guest, GuestOptions options, string dump)
    {
        _options = options;
        _dump = dump;
        _release = HostSetup.Release(options.Kernel);
        _vmlinux = HostSetup.Vmlinux(options.Kernel);
        _traits = CrashTraits.Of(options.Crash);
        _header = VmcoreHeader.Read(_dump);
        string offset = KernelOffset().Match(_header.VmcoreInfo).Groups[1].Value;
        _kernelOffset = ulong.Parse(offset, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        _consoleLines = [.. guest.Console.Lines.Select(line => LogLine().Match(line.Text))
            .Where(match => match.Success)
            .Select(match => match.Value)];
    }

    /// <summary>Every tool, every answer.</summary>
    public void Run()
    {
        CheckReadelf();
        DumpFacts facts = CheckDrgn();
        CheckGdb(facts);
        if (_options.Kernel == KernelSeries.Linux61)
        {
            CheckCrash(facts);
        }
        else
        {
            CheckCrashOfNewerKernel(facts);
        }
    }

    /// <summary>Fails unless the expected names occur in this order; others may lie between them.</summary>
    public static void AssertInOrder(IEnumerable<string> expected, IReadOnlyList<string> names)
    {
        int at = 0;
        foreach (string name in expected)
        {
            int next = at;
            // A part that the compiler split off is called name.cold, name.part.0 and the like.
            while (next < names.Count && names[next].Split('.')[0] != name)
            {
                next++;
            }
            Assert.True(next < names.Count, $"no {name} after frame {at} of: {string.Join(' ', names)}");
            at = next + 1;
        }
    }

    private void CheckReadelf()
    {
        Assert.Equal(_header.ProgramHeaders, ReadelfUtility.ProgramHeaders(_dump));
        string[] notes = [.. Enumerable.Repeat("CORE NT_PRSTATUS", _options.Cpus), "VMCOREINFO Unknown"];
        Assert.Equal(notes, ReadelfUtility.Notes(_dump));
        Assert.Contains($"OSRELEASE={_release}\n", _header.VmcoreInfo);

        // All memory but the reservation and what the firmware keeps is there once; the kernel's text once more.
        ProgramHeader[] loads = [.. _header.Loads];
        Assert.Equal(0xFFFFFFFF_80000000UL + (loads[0].VirtualAddress & 0x7FFFFFFF), loads[0].VirtualAddress);
        ulong memory = loads.Skip(1).Aggregate(0UL, (sum, load) => sum + load.MemoryBytes);
        ulong all = (ulong)_options.MemoryMiB << 20;
        Assert.InRange(memory, all - (6UL << 20), all - (4UL << 20));
        Assert.All(loads, load => Assert.Equal((load.FileBytes, 0UL), (load.MemoryBytes, load.OffsetBytes % 4096)));
    }

    private DumpFacts CheckDrgn()
    {
        DumpFacts facts = DrgnUtility.Facts(_vmlinux, _dump);
        Assert.Equal((_release, "x86_64"), (facts.Release, facts.Machine));
        Assert.Equal(_options.Cpus, facts.OnlineCpus);
        Assert.Contains(_options.CrashKernel.Split(' ')[0], facts.CommandLine);
        if (_options.Crash != CrashKind.Nmi)
        {
            Assert.Equal(_options.CrashCpu, facts.CrashingCpu);
            Assert.Equal(_traits.Command, facts.Command);
            Assert.Equal(_traits.Command, facts.Tasks[facts.Pid]);
        }
        Assert.Equal(("init", "kthreadd"), (facts.Tasks[1], facts.Tasks[2]));
        Assert.Contains("kswapd0", facts.Tasks.Values);
        Assert.Contains($"cpuhp/{_options.Cpus - 1}", facts.Tasks.Values);

        // drgn 0.0.22 does not know the ORC entry types of Linux 6.4 (commit fb799447ae29) and later: "unknown ORC
        // entry type 3". The addresses on the stack of the crash show every kernel's backtrace; an NMI that found its
        // CPU in user mode is handled on the task's stack (arch/x86/entry/entry_64.S, asm_exc_nmi).
        if (_options.Kernel == KernelSeries.Linux61)
        {
            Assert.NotNull(facts.Frames);
            AssertInOrder(_traits.Unwound, facts.Frames);
        }
        Assert.Contains(facts.Stack, _options.Crash == CrashKind.Nmi ? ["NMI", "task"] : new[] { "task" });
        AssertInOrder(_traits.OnStack, facts.ReturnAddresses);
        CheckLog(facts.Log);
        return facts;
    }

    private void CheckLog(string log)
    {
        Assert.Contains($"Linux version {_release}", log);
        Assert.Contains(_traits.Message, log);
        // In an NMI Linux does not get to print what it says.
        Assert.True(_consoleLines.Count != 0 || _options.Crash == CrashKind.Nmi, "nothing on the console");
        Assert.All(_consoleLines, line => Assert.Contains(line, log));
    }

    private void CheckGdb(DumpFacts facts)
    {
        string answer = GdbUtility.Ask(
            _vmlinux,
            _dump,
            _kernelOffset,
            "info threads",
            "printf \"release: %s\\n\", (char*)init_uts_ns.name.release",
            "thread apply all -q info registers");
        Assert.Contains($"release: {_release}\n", answer);

        // gdb tells threads of a core apart by their PID, and every idle task has PID 0: it shows one of those.
        byte[][] notes = [.. _header.PrStatus];
        int[] pids = [.. notes.Select(note => BitConverter.ToInt32(note, PidOffset))];
        Assert.Contains(facts.Pid, pids);
        Assert.Equal(pids.Distinct().Count(), ThreadLine().Count(answer));
        string found = RegisterLine().Replace(answer, "$1=$2");
        byte[] crashed = notes[Array.IndexOf(pids, facts.Pid)];
        foreach ((string name, int index) in Registers)
        {
            ulong value = BitConverter.ToUInt64(crashed, RegistersOffset + (index * 8));
            Assert.Contains($"\n{name}=0x{value:x}\n", found);
        }
    }

    private void CheckCrash(DumpFacts facts)
    {
        string[] answers = CrashUtility.Ask(
            _vmlinux,
            _dump,
            [],
            "sys",
            "bt",
            "bt -a",
            "log",
            "ps",
            "list task_struct.tasks -s task_struct.comm -h init_task");
        CheckSystem(answers[0]);

        string[] frames = [.. FrameLine().Matches(answers[1]).Select(match => match.Groups[1].Value)];
        AssertInOrder(_traits.OnStack, frames);
        Assert.Contains($"COMMAND: \"{facts.Command}\"", answers[1]);
        Assert.Equal(_options.Cpus, TaskLine().Count(answers[2]));

        Assert.Equal(LogLines.Of(facts.Log), LogLines.Of(answers[3]));
        // crash 8.0.2 does not find the PIDs of this kernel ("not found in PID hash", in dumps of stock kdump too):
        // ps lists the tasks that were on CPUs. The list of all tasks is walked instead.
        Assert.Matches($@"> +{facts.Pid} .* \[?{Regex.Escape(facts.Command)}\]?\n", answers[4]);
        Assert.Contains("[swapper/0]", answers[4]);
        foreach (string task in facts.Tasks.Values)
        {
            Assert.Contains($"comm = \"{task}", answers[5]);
        }
    }

    // crash 8.0.2 on Linux 6.12 needs the KASLR offset and stops at "invalid structure member offset: module_core_size"
    // (struct module_memory, Linux 6.4, commit ac3b43283923). With --no_modules it sees one CPU and no stacks (struct
    // pcpu_hot, Linux 6.2, commit e57ef2ed97c1), or ends by a segmentation fault. What works is its minimal mode.
    private void CheckCrashOfNewerKernel(DumpFacts facts)
    {
        string[] answers = CrashUtility.Ask(
            _vmlinux, _dump, ["--minimal", $"--kaslr=0x{_kernelOffset:x}"], "log", "rd -a linux_banner");
        Assert.Equal(LogLines.Of(facts.Log), LogLines.Of(answers[0]));
        Assert.Contains($"Linux version {_release} ", answers[1]);
    }

    private void CheckSystem(string answer)
    {
        Assert.Contains($"RELEASE: {_release}\n", answer);
        Assert.Contains(_traits.Panic, answer);
        Assert.Contains($"CPUS: {_options.Cpus}\n", answer);
        string memory = MemoryLine().Match(answer).Groups[1].Value;
        double mib = double.Parse(memory, CultureInfo.InvariantCulture) * (answer.Contains(" GB\n") ? 1024 : 1);
        Assert.InRange(mib, _options.MemoryMiB * 0.99, _options.MemoryMiB);
    }

    [GeneratedRegex(@"KERNELOFFSET=(\w+)")]
    private static partial Regex KernelOffset();

    [GeneratedRegex(@"^\[ *\d+\.\d{6}\] .*\S")]
    private static partial Regex LogLine();

    [GeneratedRegex(@"^[* ] +\d+ +(LWP|process|Thread) ", RegexOptions.Multiline)]
    private static partial Regex ThreadLine();

    [GeneratedRegex(@"^(\w+) +(0x\w+) .*$", RegexOptions.Multiline)]
    private static partial Regex RegisterLine();

    [GeneratedRegex(@"^ *#\d+ \[\w+\] (\S+) at ", RegexOptions.Multiline)]
    private static partial Regex FrameLine();

    [GeneratedRegex(@"^PID: \d+ +TASK: ", RegexOptions.Multiline)]
    private static partial Regex TaskLine();

    [GeneratedRegex(@"MEMORY: ([\d.]+) [GM]B")]
    private static partial Regex MemoryLine();
}
