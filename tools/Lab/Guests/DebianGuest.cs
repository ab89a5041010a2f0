using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Guests;

/// <summary>
/// A whole Debian in QEMU with a root shell on its serial console. It boots by QEMU's <c>-kernel</c>, which stays across
/// a reboot, so that it needs no boot loader; a reset is one.
/// </summary>
public sealed partial class DebianGuest : IDisposable
{
    private readonly RunClock _clock = new();
    private readonly QemuProcess _qemu;
    private int _shells;
    private int _commands;

    private DebianGuest(IReadOnlyList<string> arguments, string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "qemu.txt"), string.Join(" \\\n  ", arguments.Select(GuestJob.Quote)));
        _qemu = new QemuProcess(arguments, Path.Combine(folder, "qemu-errors.txt"));
        Console = new SerialConsole(_qemu.Output, _qemu.Input, Path.Combine(folder, "console.txt"), _clock);
    }

    /// <summary>The serial console.</summary>
    public SerialConsole Console { get; }

    /// <summary>
    /// Starts it with raw images as <c>/dev/vda</c>, its root, and <c>/dev/vdb</c>. The console's transcript is in
    /// <paramref name="folder"/>.
    /// </summary>
    public static DebianGuest Start(
        DebianRoot root, string kernelArguments, int memoryMiB, string rootImage, string secondImage, string folder)
    {
        List<string> arguments =
        [
            "-nodefaults", "-no-user-config", "-display", "none", "-accel", "tcg,thread=multi", "-m", $"{memoryMiB}M",
            "-smp", "2", "-cpu", "max", "-vga", "none", "-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console",
            "-kernel", root.Vmlinuz, "-initrd", root.Initrd,
            // A busy host stops the guest's processors for a while: its watchdogs' complaints would be taken for answers, and its
            // test of the timer fails.
            "-append", "root=/dev/vda rootfstype=ext4 rw console=ttyS0,115200 quiet nosoftlockup no_timer_check "
                + $"rcupdate.rcu_cpu_stall_suppress=1 {kernelArguments}",
        ];
        foreach (string image in new[] { rootImage, secondImage })
        {
            arguments.AddRange(["-drive", $"file={image},format=raw,if=virtio,cache=unsafe,discard=unmap"]);
        }
        return new DebianGuest(arguments, folder);
    }

    /// <summary>Waits for the shell of the next boot.</summary>
    public void WaitForShell(TimeSpan limit)
    {
        _shells++;
        // The shell says who it is once per boot.
        if (Console.TryWaitForCount(ShellLine(), _shells, limit) is null)
        {
            throw Console.Missing($"no shell of boot {_shells} within {limit.TotalSeconds:F0} s");
        }
    }

    /// <summary>Runs a command of the shell; returns its exit code and what it wrote.</summary>
    public (int ExitCode, string Output) Run(string command, TimeSpan limit)
    {
        int number = ++_commands;
        int before = Console.Lines.Count;
        Console.Type($"{command}\necho \"LAB: end {number} $?\"");
        Regex end = new($"LAB: end {number} (\\d+)$");
        ConsoleLine line = Console.WaitFor(end, limit);
        IEnumerable<string> output = Console.Lines.Skip(before).Select(each => each.Text).TakeWhile(text => !end.IsMatch(text));
        string rest = line.Text[..end.Match(line.Text).Index];
        return (int.Parse(end.Match(line.Text).Groups[1].ValueSpan), string.Join('\n', [.. output, rest]).Trim('\n'));
    }

    /// <summary>Runs a command that must succeed; returns what it wrote.</summary>
    public string Output(string command, TimeSpan limit)
    {
        (int code, string output) = Run(command, limit);
        return code == 0 ? output : throw Console.Missing($"{command}: exit code {code}\n{output}");
    }

    /// <summary>Types a line without waiting for anything.</summary>
    public void Type(string line) => Console.Type(line);

    /// <summary>Waits until QEMU has ended by itself.</summary>
    public bool WaitForEnd(TimeSpan limit) => _qemu.WaitForEnd(limit);

    /// <inheritdoc/>
    public void Dispose() => _qemu.Dispose();

    [GeneratedRegex("^" + DebianRoot.ShellMark)]
    private static partial Regex ShellLine();
}
