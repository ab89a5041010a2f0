using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Guests;

/// <summary>
/// A Linux in QEMU that loads a capture kernel and crashes. Its folder under <c>artifacts/lab</c> keeps the console
/// with time stamps, QEMU's command line and the job; disk images go when the guest is disposed of.
/// </summary>
public sealed partial class Guest : IDisposable
{
    // A crash announces itself by different lines; the first of them is the moment of the panic.
    private const string Crashed =
        "sysrq: Trigger a crash|BUG: kernel NULL pointer|Uhhuh\\. NMI|Kernel panic - not syncing";

    // Linux itself can die while it boots: TCG runs vCPUs in threads and may run a stale int3 of a jump label that
    // another vCPU has patched meanwhile (an oops in the middle of a "jmp"). That says nothing about what is measured.
    private const int BootTries = 3;

    // QEMU closes the console a moment before it is gone.
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(1);

    private static int _count;
    private readonly GuestOptions _options;
    private readonly RunClock _clock;
    private readonly QemuProcess _qemu;
    private readonly DiskImage[] _disks;
    private readonly string _sockets;
    private readonly FirstByteWatch? _firstByte;
    private QmpClient? _monitor;
    private double _injected = double.NaN;

    private Guest(GuestOptions options, Progress progress)
    {
        _options = options;
        Folder = NewFolder(options.Name);
        _sockets = Directory.CreateTempSubdirectory("ckdump-lab-").FullName;
        DebianKernel kernel = DebianKernel.Of(options.Kernel, progress);
        string initramfs = WriteInitramfs(kernel, progress);
        _disks = options.Disks.Select((disk, i) => new DiskImage(disk, i, options.MemoryMiB, Folder)).ToArray();
        List<string> arguments =
            Guests.QemuArguments.Of(options, _disks, kernel.Vmlinuz, initramfs, _sockets);
        File.WriteAllText(Path.Combine(Folder, "qemu.txt"), string.Join(" \\\n  ", arguments.Select(GuestJob.Quote)));
        _clock = new RunClock();
        _qemu = new QemuProcess(arguments, Path.Combine(Folder, "qemu-errors.txt"));
        Console = new SerialConsole(_qemu.Output, _qemu.Input, Path.Combine(Folder, "console.txt"), _clock);
        _firstByte = _disks.FirstOrDefault() is { IsVisible: true } first
            ? new FirstByteWatch(first.Path, _clock)
            : null;
    }

    /// <summary>Folder of the run.</summary>
    public string Folder { get; }

    /// <summary>The serial console.</summary>
    public SerialConsole Console { get; }

    /// <summary>QEMU's monitor.</summary>
    public QmpClient Monitor => _monitor ??= QmpClient.Connect(Guests.QemuArguments.Qmp(_sockets));

    /// <summary>Paths of the raw disk images.</summary>
    public IReadOnlyList<string> Disks => [.. _disks.Select(disk => disk.Path)];

    /// <summary>The moments so far.</summary>
    public GuestTimes Times => new(
        Console.Find(PanicLine())?.Seconds ?? _injected,
        Console.Find(StartLine())?.Seconds ?? double.NaN,
        _firstByte?.Seconds ?? double.NaN,
        Console.Find(DoneLine())?.Seconds ?? double.NaN);

    /// <summary>Starts a guest; it boots, loads the capture kernel, and then waits for <see cref="Crash"/>.</summary>
    public static Guest Start(GuestOptions options, Progress? progress = null) =>
        new(options, progress ?? new Progress());

    /// <summary>
    /// Starts a guest and waits until it is ready. When its Linux dies by itself before that, it is started anew, and
    /// the transcript of the death stays; everything else that goes wrong is an error at once.
    /// </summary>
    public static Guest Boot(GuestOptions options, Progress? progress = null)
    {
        progress ??= new Progress();
        for (int attempt = 1; ; attempt++)
        {
            Guest guest = Start(options, progress);
            try
            {
                guest.WaitUntilReady();
                return guest;
            }
            catch (GuestBootException error) when (attempt < BootTries)
            {
                guest.Dispose();
                progress.Say($"the guest's Linux died while it booted, starting it anew: {error.FirstLine}");
            }
            catch
            {
                guest.Dispose();
                throw;
            }
        }
    }

    /// <summary>Starts a guest, waits until it is ready, crashes it, and waits until the capture is done.</summary>
    public static Guest Capture(GuestOptions options, TimeSpan captureLimit, Progress? progress = null)
    {
        Guest guest = Boot(options, progress);
        try
        {
            guest.Crash();
            guest.WaitUntilDone(captureLimit);
            return guest;
        }
        catch
        {
            guest.Dispose();
            throw;
        }
    }

    /// <summary>Waits until the capture kernel is loaded and the guest waits for its crash.</summary>
    public void WaitUntilReady()
    {
        ConsoleLine? found = Console.TryWaitFor(ReadyLine(), _options.BootLimit);
        if (found is not { } line)
        {
            bool ended = _qemu.WaitForEnd(EndLimit);
            string said = File.ReadAllText(Path.Combine(Folder, "qemu-errors.txt")).TrimEnd();
            throw Missing(ended
                ? $"QEMU ended before the guest was ready: {(said.Length == 0 ? "it did not say why" : said)}"
                : $"the guest was not ready within {_options.BootLimit.TotalSeconds:F0} s\n{said}".TrimEnd());
        }
        if (line.Text.StartsWith(GuestJob.Failed, StringComparison.Ordinal))
        {
            throw Console.Missing(line.Text);
        }
        if (!line.Text.StartsWith(GuestJob.Ready, StringComparison.Ordinal))
        {
            throw new GuestBootException(line.Text, Console.TranscriptPath);
        }
    }

    /// <summary>Crashes the guest and waits for the first line that tells of it.</summary>
    public void Crash()
    {
        Console.Type("go");
        if (_options.Crash == CrashKind.Nmi)
        {
            // Linux does not get to print what it says in an NMI: the moment of injection is the moment of the panic.
            QmpClient monitor = Monitor;
            _injected = _clock.Seconds;
            monitor.InjectNmi();
            return;
        }
        ConsoleLine line = Console.WaitFor(CrashedOrFailedLine(), TimeSpan.FromSeconds(60));
        if (line.Text.StartsWith(GuestJob.Failed, StringComparison.Ordinal))
        {
            throw Console.Missing(line.Text);
        }
    }

    /// <summary>
    /// Waits for the capture kernel's last line: it is done, with or without a dump. <paramref name="limitOption"/>: the
    /// option that sets the limit, for the error's text.
    /// </summary>
    public ConsoleLine WaitUntilDone(TimeSpan limit, string limitOption = "")
    {
        if (Console.TryWaitFor(DoneLine(), limit) is { } line)
        {
            return line;
        }
        string option = limitOption.Length == 0 ? "" : $" ({limitOption})";
        throw Missing(_qemu.WaitForEnd(EndLimit)
            ? "QEMU ended before the capture did"
            : $"the capture did not end within {limit.TotalSeconds:F0} s{option}");
    }

    /// <summary>Waits until somebody is at the other end of the second serial port's socket.</summary>
    public void WaitForSecondLine(TimeSpan limit)
    {
        double start = _clock.Seconds;
        while (!Monitor.IsConnected(Guests.QemuArguments.SecondLine))
        {
            if (_clock.Seconds - start > limit.TotalSeconds)
            {
                throw new LabException($"nobody connected to the second serial port within {limit.TotalSeconds:F0} s");
            }
            Thread.Sleep(20);
        }
    }

    /// <summary>Waits until QEMU has ended by itself (reboot or power-off).</summary>
    public bool WaitForEnd(TimeSpan limit) => _qemu.WaitForEnd(limit);

    /// <summary>Kills QEMU if it still runs.</summary>
    public void Stop() => _qemu.Dispose();

    /// <summary>Kills QEMU if it still runs, and deletes what is large; the transcript stays.</summary>
    public void Dispose()
    {
        _monitor?.Dispose();
        _qemu.Dispose();
        _firstByte?.Dispose();
        Cache.Remove(_sockets);
        Cache.Remove(Path.Combine(Folder, "initramfs.cpio"));
        foreach (DiskImage disk in _disks.Where(disk => disk.IsOurs && !_options.KeepDisks))
        {
            File.Delete(disk.Path);
        }
    }

    [GeneratedRegex(Crashed)]
    private static partial Regex PanicLine();

    [GeneratedRegex(Crashed + "|^LAB: failed")]
    private static partial Regex CrashedOrFailedLine();

    [GeneratedRegex("^ckdump: |^LAB: capture started")]
    private static partial Regex StartLine();

    [GeneratedRegex("^ckdump: (final|failure) action|^LAB: capture done")]
    private static partial Regex DoneLine();

    [GeneratedRegex("^LAB: (ready|failed)|Kernel panic - not syncing")]
    private static partial Regex ReadyLine();

    private static string NewFolder(string name)
    {
        string path = Path.Combine(Repository.Runs, $"{name}-{DateTime.Now:MMdd-HHmmss}-{Environment.ProcessId}");
        return Directory.CreateDirectory($"{path}-{Interlocked.Increment(ref _count)}").FullName;
    }

    // A QEMU that did not even start the firmware left no transcript to show.
    private LabException Missing(string what) =>
        Console.Lines.Count == 0 ? new LabException(what) : Console.Missing(what);

    private string WriteInitramfs(DebianKernel kernel, Progress progress)
    {
        Userland userland = Userland.Get(progress);
        Initramfs content = new(userland);
        content.AddProgram(userland.Kexec);
        content.AddModules(KernelModules.ForDisks(kernel, _options.Disks.Select(disk => disk.Interface)));
        content.AddModules(new KernelModules(kernel, [.. _options.Modules]));
        foreach (string program in _options.Programs)
        {
            content.AddProgram(program);
        }
        string job = GuestJob.Script(_options);
        content.AddText(Initramfs.JobPath, job);
        File.WriteAllText(Path.Combine(Folder, "job.sh"), job);
        if (_options.Capture is { } capture)
        {
            content.AddFile(GuestJob.ImagePath, capture.Image);
            if (capture.Initrd != null)
            {
                content.AddFile(GuestJob.InitrdPath, capture.Initrd);
            }
        }
        if (_options.Crash is CrashKind.NullDereference or CrashKind.InterruptsOff)
        {
            content.AddFile(GuestJob.CrashModulePath, CrashModule.Build(kernel, _options.Crash, Folder));
        }
        string path = Path.Combine(Folder, "initramfs.cpio");
        content.Write(path);
        return path;
    }
}
