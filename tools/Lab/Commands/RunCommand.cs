using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using CosmosKdump.CommandLine;
using CosmosKdump.Lab.Guests;
using CosmosKdump.Lab.Setup;
using CosmosKdump.Lab.Stock;

namespace CosmosKdump.Lab.Commands;

/// <summary><c>run</c>: crashes one guest and shows what happened.</summary>
public static class RunCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Option<string> kernel = WordOption.Of("--kernel", "Linux that crashes; 6.1-full drives SATA disks too", "6.1", "6.12", "6.1-full");
        Option<int> memory = NumberOption.Of("--memory", "memory, MiB", 1024, 128, 1 << 20);
        Option<int> cpus = NumberOption.Of("--cpus", "virtual CPUs", 1, 1, 255);
        Option<GuestMachine> machine = WordOption.Of<GuestMachine>("--machine", "QEMU's machine type");
        Option<string> cpu = new("--cpu") { Description = "QEMU's CPU model", DefaultValueFactory = _ => "max" };
        Option<DiskInterface> disk = WordOption.Of<DiskInterface>("--disk", "interface of the disk");
        Option<string> blocks = WordOption.Of("--block-bytes", "logical blocks of the disk", "512", "4096");
        Option<DiskMedium> medium = WordOption.Of<DiskMedium>("--medium", "what lies behind the disk");
        Option<bool> unprepared = new("--unprepared") { Description = "leave the disk without a dump area" };
        Option<KexecLoader> loader = WordOption.Of<KexecLoader>("--loader", "how kexec loads the capture kernel");
        Option<string> image = new("--image") { Description = "capture kernel (default: ours, from artifacts/)" };
        Option<string> stock = new("--stock")
        {
            Description = "capture by stock kdump: dd, or makedumpfile's options, such as '-l -d 31' (default: by ours)",
        };
        Option<string> capture = new("--capture-arguments")
        {
            Description = "command line of the capture kernel",
            DefaultValueFactory = _ => "",
        };
        Option<string?> crashKernel = new("--crashkernel")
        {
            Description = "reservation (default: 4M; stock: 160M to 512M)",
        };
        Option<string> linux = new("--linux-arguments")
        {
            Description = "more arguments of the crashing Linux",
            DefaultValueFactory = _ => "",
        };
        Option<GuestLoad> load = WordOption.Of<GuestLoad>("--load", "what it has in its memory when it crashes");
        Option<bool> preallocate = new("--preallocate") { Description = "the host holds all of its memory, as in bench" };
        Option<string> qemu = new("--qemu-arguments")
        {
            Description = "more arguments of QEMU, separated by spaces",
            DefaultValueFactory = _ => "",
        };
        Option<CrashKind> crash = WordOption.Of<CrashKind>("--crash", "how it crashes");
        Option<int> crashCpu = NumberOption.Of("--crash-cpu", "CPU that crashes", 0, 0, 254);
        Option<int> limit = NumberOption.Of("--limit", "seconds for the capture", 300, 1, 86_400);
        Option<bool> keep = new("--keep") { Description = "keep the disk image, and tell how to open the dump on it" };
        Command command = new(
            "run", "Crash one guest, capture it, and show the console and the times. Exit code 1 if there is no dump.")
        {
            kernel, memory, cpus, machine, cpu, disk, blocks, medium, unprepared, loader, image, stock, capture,
            crashKernel, linux, load, preallocate, qemu, crash, crashCpu, limit, keep,
        };
        HelpWithExamples.Set(command,
            "./build.sh run --machine q35 --disk virtiomodern --cpus 4 --keep",
            "./build.sh run --capture-arguments 'kdump.format=kdump kdump.dump_level=31'");
        command.SetAction(parsed =>
        {
            Progress progress = new();
            GuestSetup.Guests(progress);
            KernelSeries series = parsed.GetValue(kernel) switch
            {
                "6.12" => KernelSeries.Linux612,
                "6.1-full" => KernelSeries.Linux61Full,
                _ => KernelSeries.Linux61,
            };
            string? stockMode = parsed.GetValue(stock);
            KexecLoader how = parsed.GetValue(loader);
            string ours = how == KexecLoader.KexecLoadElf ? Repository.ElfImage : Repository.BzImage;
            GuestOptions options = new()
            {
                Name = "run",
                Kernel = series,
                MemoryMiB = parsed.GetValue(memory),
                Cpus = parsed.GetValue(cpus),
                Machine = parsed.GetValue(machine),
                CpuModel = parsed.GetValue(cpu)!,
                CrashKernel = parsed.GetValue(crashKernel)
                    ?? (stockMode == null ? "4M" : StockKdump.CrashKernelFor(parsed.GetValue(memory))),
                KernelArguments = parsed.GetValue(linux)!,
                Disks =
                [
                    new GuestDisk
                    {
                        Interface = parsed.GetValue(disk),
                        BlockBytes = int.Parse(parsed.GetValue(blocks)!, CultureInfo.InvariantCulture),
                        Medium = parsed.GetValue(medium),
                        Prepared = stockMode == null && !parsed.GetValue(unprepared),
                    },
                ],
                Capture = stockMode switch
                {
                    null => new(parsed.GetValue(image) ?? ours, parsed.GetValue(capture)!) { Loader = how },
                    "dd" => StockKdump.Copy(series, parsed.GetValue(disk), Repository.Runs, progress),
                    _ => StockKdump.Makedumpfile(series, parsed.GetValue(disk), stockMode, Repository.Runs, progress),
                },
                Preallocated = parsed.GetValue(preallocate),
                BeforeCrash = GuestWork.Script(parsed.GetValue(load)),
                BootLimit = TimeSpan.FromMinutes(parsed.GetValue(load) == GuestLoad.Busy ? 5 : 2),
                QemuArguments = parsed.GetValue(qemu)!.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                Crash = parsed.GetValue(crash),
                CrashCpu = parsed.GetValue(crashCpu),
                KeepDisks = parsed.GetValue(keep),
            };
            return Run(options, TimeSpan.FromSeconds(parsed.GetValue(limit)), progress);
        });
        return command;
    }

    private static int Run(GuestOptions options, TimeSpan limit, Progress progress)
    {
        DebianKernel kernel = DebianKernel.Of(options.Kernel, progress);
        progress.Begin($"booting Debian's Linux {kernel.Release} in QEMU, {options.MemoryMiB} MiB");
        using Guest guest = Guest.Boot(options, progress);
        progress.Done("the capture kernel is loaded");
        progress.Begin("crashing and capturing it");
        guest.Crash();
        ConsoleLine last = guest.WaitUntilDone(limit, "--limit");
        progress.Done("it has ended");
        guest.WaitForEnd(TimeSpan.FromSeconds(2));
        progress.End("run");
        Console.Out.Write(File.ReadAllText(guest.Console.TranscriptPath));
        RunReport report = new(guest.Times, guest.Console.Lines, last);
        Console.WriteLine(report);
        Console.WriteLine($"transcript               {guest.Console.TranscriptPath}");
        if (options.KeepDisks)
        {
            Console.WriteLine($"disk                     {guest.Disks[0]}");
            Console.Write(report.IsOnDisk ? HowToOpen(options.Kernel, kernel, guest.Disks[0]) : "");
        }
        return report.HasDump ? 0 : 1;
    }

    // Debian's crash does not find its way in a 6.12 without being told; drgn does.
    private static string HowToOpen(KernelSeries series, DebianKernel kernel, string disk)
    {
        string vmlinux = kernel.VmlinuxPath;
        (string opener, string fetcher) = series == KernelSeries.Linux612
            ? ($"drgn -c {disk} -s {vmlinux}", "test")
            : ($"crash {vmlinux} {disk}", "demo");
        string symbols = File.Exists(vmlinux) ? "" : $"  (./build.sh {fetcher} fetches these symbols)";
        return $"""
            open it                  {Path.Combine(Repository.Artifacts, "ckdump")} info {disk}
                                     {opener}{symbols}

            """;
    }
}
