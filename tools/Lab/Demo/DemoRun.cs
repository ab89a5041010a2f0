using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using CosmosKdump.Lab.Build;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;

namespace CosmosKdump.Lab.Demo;

/// <summary>
/// The demonstration: a real Debian crashes, is captured, and the dump is opened by Debian's own tools.
/// </summary>
public static partial class DemoRun
{
    private const KernelSeries Series = KernelSeries.Linux61;
    private const int MemoryMiB = 1024;
    private const int PanicLines = 3;
    private static readonly TimeSpan CaptureLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan SaveLimit = TimeSpan.FromMinutes(10);

    /// <summary>Does everything, set-up included, and shows the result.</summary>
    public static void Run(Progress progress)
    {
        GuestSetup.Guests(progress, Series);
        GuestSetup.Crash(progress, Series);
        SolutionBuild.Run(progress);
        DebianKernel kernel = DebianKernel.Of(Series, progress);
        GuestOptions options = new()
        {
            Name = "demo",
            Kernel = Series,
            MemoryMiB = MemoryMiB,
            Disks = [GuestDisk.PreparedNvme, WayBack.MakeDisk(Folder, progress)],
            Modules = ["crc32c_generic", "ext4"],
            Programs = [CkdumpTool.Path],
            BeforeLoad = WayBack.EachBoot,
            Capture = CaptureKernel.Ours(),
            Reboots = true,
        };
        progress.Begin($"booting Debian {kernel.Release} in QEMU, {MemoryMiB} MiB, crashkernel={options.CrashKernel}");
        using Guest guest = Guest.Boot(options, progress);
        progress.Done("kexec -p has loaded the capture kernel");
        progress.Begin("crashing it: echo c > /proc/sysrq-trigger");
        guest.Crash();
        guest.WaitUntilDone(CaptureLimit);
        progress.Done("captured");
        progress.Begin("it boots again, and saves the dump");
        string saved = WayBack.WaitUntilSaved(guest, SaveLimit);
        progress.Done(saved);
        guest.WaitForEnd(TimeSpan.FromSeconds(30));
        guest.Stop();
        string dump = WayBack.Take(guest.Disks[1], Folder);
        progress.Begin("opening the dump with crash");
        string vmlinux = kernel.Vmlinux(progress);
        // crash 8.0.2 warns that it misses the task in the PID hash, for stock kdump's dumps of this kernel as well.
        string backtrace = string.Join('\n', CrashUtility.Ask(vmlinux, dump, [], "bt")[0].Split('\n')
            .Where(line => line.Length != 0 && !line.StartsWith("WARNING:", StringComparison.Ordinal)));
        progress.Done();
        string log = CkdumpTool.Output("log", dump);
        progress.End("demo");
        Show(guest, kernel, dump, vmlinux, backtrace, log);
    }

    private static string Folder => Path.Combine(Repository.Artifacts, "demo");

    private static void Show(
        Guest guest, DebianKernel kernel, string dump, string vmlinux, string backtrace, string log)
    {
        string image = $"{Path.GetFileName(Repository.BzImage)} ({new FileInfo(Repository.BzImage).Length / 1024} KiB)";
        string complete = guest.Console.Find(Complete())?.Text ?? "";
        string here = Path.GetRelativePath(Environment.CurrentDirectory, dump);
        string transcript = Path.GetRelativePath(Environment.CurrentDirectory, guest.Console.TranscriptPath);
        string[] panic = log.Split('\n').SkipWhile(line => !Panic().IsMatch(line)).Take(PanicLines).ToArray();
        Console.WriteLine($"""

            Debian's Linux {kernel.Release} crashed, and {image} captured it.
            QEMU ran without KVM (TCG, software emulation): times are longer than a real machine's.

            {WayBack.Timeline(guest)}

              {complete.Replace("ckdump: ", "", StringComparison.Ordinal)}

            Panic message (ckdump log):

            {Indent(string.Join('\n', panic))}

            Crashed task (crash, bt):

            {Indent(backtrace)}

            What ckdump save left in /var/crash: the dump, its messages and a report. Look for yourself:

              crash {vmlinux} {here}
              readelf -lW {here}
              less {Path.Combine(Path.GetDirectoryName(here)!, "report.txt")}
              console, with times: {transcript}
            """);
    }

    [GeneratedRegex("^ckdump: dump complete")]
    private static partial Regex Complete();

    [GeneratedRegex("Kernel panic - not syncing")]
    private static partial Regex Panic();

    private static string Indent(string text) => string.Join('\n', text.Split('\n').Select(line => "  " + line));
}
