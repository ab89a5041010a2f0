using System;
using System.CommandLine;
using System.IO;
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
        Option<string> kernel = new("--kernel") { Description = "6.1 or 6.12", DefaultValueFactory = _ => "6.1" };
        kernel.AcceptOnlyFromAmong("6.1", "6.12");
        Option<int> memory = new("--memory") { Description = "memory, MiB", DefaultValueFactory = _ => 1024 };
        Option<int> cpus = new("--cpus") { Description = "virtual CPUs", DefaultValueFactory = _ => 1 };
        Option<GuestMachine> machine = WordOption.Of<GuestMachine>("--machine", "QEMU's machine type");
        Option<string> cpu = new("--cpu") { Description = "QEMU's CPU model", DefaultValueFactory = _ => "max" };
        Option<DiskInterface> disk = WordOption.Of<DiskInterface>("--disk", "interface of the disk");
        Option<int> blocks = new("--block-bytes") { Description = "512 or 4096", DefaultValueFactory = _ => 512 };
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
        Option<int> crashCpu = new("--crash-cpu") { Description = "CPU that crashes", DefaultValueFactory = _ => 0 };
        Option<int> limit = new("--limit") { Description = "seconds for the capture", DefaultValueFactory = _ => 300 };
        Option<bool> keep = new("--keep") { Description = "keep the disk image" };
        Command command = new(
            "run", "Crash one guest, capture it, and show the console and the times. Exit code 1 if there is no dump.")
        {
            kernel, memory, cpus, machine, cpu, disk, blocks, medium, unprepared, loader, image, stock, capture,
            crashKernel, linux, load, preallocate, qemu, crash, crashCpu, limit, keep,
        };
        HelpWithExamples.Add(command,
            "./build.sh run --machine q35 --disk virtiomodern --cpus 4 --keep",
            "./build.sh run --capture-arguments 'kdump.format=kdump kdump.dump_level=31'");
        command.SetAction(parsed =>
        {
            Progress progress = new();
            GuestSetup.Guests(progress);
            KernelSeries series = parsed.GetValue(kernel) == "6.12" ? KernelSeries.Linux612 : KernelSeries.Linux61;
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
                        BlockBytes = parsed.GetValue(blocks),
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
        using Guest guest = Guest.Boot(options, progress);
        guest.Crash();
        ConsoleLine last = guest.WaitUntilDone(limit, "--limit");
        guest.WaitForEnd(TimeSpan.FromSeconds(2));
        Console.Out.Write(File.ReadAllText(guest.Console.TranscriptPath));
        RunReport report = new(guest.Times, guest.Console.Lines, last);
        Console.WriteLine(report);
        Console.WriteLine($"transcript               {guest.Console.TranscriptPath}");
        if (options.KeepDisks)
        {
            Console.WriteLine($"disk                     {guest.Disks[0]}");
        }
        return report.HasDump ? 0 : 1;
    }
}
