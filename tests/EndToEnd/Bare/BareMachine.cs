using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using CosmosKdump.Lab;
using CosmosKdump.Lab.Guests;

namespace CosmosKdump.Tests.EndToEnd.Bare;

/// <summary>Our kernel in QEMU, started by <c>-kernel</c>, on memory that the test made.</summary>
public sealed partial class BareMachine : IDisposable
{
    private const string PowerOff = "kdump.failure_action=poweroff kdump.final_action=poweroff";

    private static int _count;
    private readonly QemuProcess _qemu;
    private readonly string _sockets;
    private QmpClient? _monitor;

    /// <summary>Starts the machine; its folder's name begins with <paramref name="name"/>.</summary>
    public BareMachine(BareOptions options, string name)
    {
        string run = $"{name}-{DateTime.Now:MMdd-HHmmss}-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}";
        Folder = Directory.CreateDirectory(Path.Combine(Repository.Runs, run)).FullName;
        _sockets = Directory.CreateTempSubdirectory("ckdump-bare-").FullName;
        Memory = new SharedMemory(options.MemoryMiB);
        options.Memory(Memory);
        List<string> arguments = Arguments(options);
        File.WriteAllText(Path.Combine(Folder, "qemu.txt"), string.Join(" \\\n  ", arguments.Select(GuestJob.Quote)));
        RunClock clock = new();
        _qemu = new QemuProcess(arguments, Path.Combine(Folder, "qemu-errors.txt"));
        Console = new SerialConsole(_qemu.Output, _qemu.Input, Path.Combine(Folder, "console.txt"), clock);
    }

    /// <summary>Folder of the run.</summary>
    public string Folder { get; }

    /// <summary>The serial console.</summary>
    public SerialConsole Console { get; }

    /// <summary>The machine's memory.</summary>
    public SharedMemory Memory { get; }

    /// <summary>QEMU's monitor.</summary>
    public QmpClient Monitor => _monitor ??= QmpClient.Connect(Qmp);

    private string Qmp => _sockets + "/qmp";

    /// <summary>Waits until our kernel says what it does at the end; that line.</summary>
    public ConsoleLine WaitForAction(TimeSpan limit) => Console.WaitFor(ActionLine(), limit);

    /// <summary>Waits until QEMU has ended by itself.</summary>
    public bool WaitForEnd(TimeSpan limit) => _qemu.WaitForEnd(limit);

    /// <inheritdoc/>
    public void Dispose()
    {
        _monitor?.Dispose();
        _qemu.Dispose();
        Memory.Dispose();
        Directory.Delete(_sockets, recursive: true);
    }

    [GeneratedRegex("^ckdump: (final|failure) action: ")]
    private static partial Regex ActionLine();

    private List<string> Arguments(BareOptions options)
    {
        List<string> arguments =
        [
            "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-accel", "tcg,thread=multi",
            "-machine", options.Microvm.Length != 0 ? $"microvm,{options.Microvm}" : options.IsQ35 ? "q35" : "pc",
            "-m", $"{options.MemoryMiB}M",
            .. Memory.QemuArguments,
            "-cpu", options.Cpu,
            "-smp", $"{options.Cpus}",
            "-vga", options.Vga ? "std" : "none",
            "-chardev", "stdio,id=console,signal=off",
            "-serial", "chardev:console",
            "-chardev", $"socket,id=monitor,path={Qmp},server=on,wait=off",
            "-mon", "chardev=monitor,mode=control",
            "-kernel", options.Image,
            "-append", $"{(options.HasActions ? PowerOff : "")} {options.Arguments}".Trim(),
        ];
        if (options.SecondSerial.Length != 0)
        {
            arguments.AddRange(["-serial", options.SecondSerial]);
        }
        arguments.AddRange(options.EarlyQemuArguments);
        for (int i = 0; i < options.Disks.Count; i++)
        {
            arguments.AddRange(new DiskImage(options.Disks[i], i, options.MemoryMiB, Folder).QemuArguments());
        }
        arguments.AddRange(options.QemuArguments);
        return arguments;
    }
}
