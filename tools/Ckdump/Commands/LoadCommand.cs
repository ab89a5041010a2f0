using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Config;
using CosmosKdump.Ckdump.Load;
using CosmosKdump.Ckdump.Machine;
using CosmosKdump.CommandLine;

namespace CosmosKdump.Ckdump.Commands;

/// <summary><c>ckdump load</c>: loads the capture kernel for the next crash.</summary>
public static class LoadCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<string?> config = ConfigOption.Create();
        var image = new Option<string?>("--image")
        {
            Description = $"Image of the capture kernel (default: beside ckdump, or {CaptureImage.InstalledPath})",
            HelpName = "FILE",
        };
        var dryRun = new Option<bool>("--dry-run", "-n") { Description = "Only show the capture kernel's command line" };
        Option<int> wait = WaitOption.Create();
        var command = new Command(
            "load",
            "Loads the capture kernel for the next crash, as the configuration asks for, in place of any other. Warns of "
            + "what would spoil a dump; fails if the kernel takes no capture kernel. With --wait it loads what it can at "
            + "once, and again when what was missing has come.")
        {
            config, image, dryRun, wait,
        };
        HelpWithExamples.Set(command,
            "ckdump load                # done at every boot by ckdump.service",
            "ckdump load --dry-run      # the command line, and what is wrong");
        command.SetAction(parsed =>
        {
            if (!parsed.GetValue(dryRun))
            {
                RequireRoot("load");
            }
            DumpConfig settings = ConfigOption.Read(parsed, config);
            TimeSpan limit = WaitOption.Read(parsed, wait);
            IReadOnlyList<ConfigTarget> missing = limit > TimeSpan.Zero ? WaitOption.Missing(settings) : [];
            Run(settings, parsed.GetValue(image), parsed.GetValue(dryRun), parsed.InvocationConfiguration);
            if (missing.Count != 0
                && WaitOption.ForTargets(settings, limit, parsed.InvocationConfiguration.Error).Count < missing.Count)
            {
                Run(settings, parsed.GetValue(image), parsed.GetValue(dryRun), parsed.InvocationConfiguration);
            }
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Ends a command that changes what the kernel does if its user may not.</summary>
    public static void RequireRoot(string command)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new ToolException($"{command} is for root: use sudo");
        }
    }

    private static void Run(DumpConfig config, string? named, bool dryRun, InvocationConfiguration streams)
    {
        MachineFacts machine = new(ThisMachine.Root);
        CaptureImage image = CaptureImage.Find(named ?? config.Image);
        IReadOnlyList<ResolvedTarget> targets = ThisMachine.Resolver().Resolve(config);
        string commandLine = CaptureCommandLine.Of(config, targets, machine.AcpiRsdp, machine.CommandLine);
        Finding? refusal = MachineChecks.Encryption(machine) ?? Reservation.Find(machine, image, targets);
        if (!dryRun && refusal is not null)
        {
            throw new ToolException(refusal.ToString());
        }
        Tell(streams.Error, MachineChecks.Of(machine, config, image, targets));
        if (dryRun)
        {
            streams.Output.WriteLine(commandLine);
            return;
        }
        if (commandLine.Length + Reserve > image.CommandLineBytes)
        {
            throw new ToolException(config.File,
                $"the capture kernel's command line is {commandLine.Length} bytes long, and may have {image.CommandLineBytes - Reserve}");
        }
        string loader = Load(image, targets, commandLine, machine);
        new LoadState
        {
            Image = image.Path,
            Version = image.Version,
            CommandLine = commandLine,
            Loader = loader,
            Time = DateTimeOffset.UtcNow,
            Cpus = machine.OnlineCpus,
            MemoryBytes = machine.MemoryBytes,
            MapDigest = LoadState.DigestOf(targets),
        }.Write(ThisMachine.Root);
        streams.Output.WriteLine($"{image.Path}: loaded by {loader}: {commandLine}");
    }

    // kexec reads the initrd from a file; it is needed no longer than that.
    private static string Load(
        CaptureImage image, IEnumerable<ResolvedTarget> targets, string commandLine, MachineFacts machine)
    {
        if (targets.Select(target => target.Map).OfType<byte[]>().FirstOrDefault() is not byte[] map)
        {
            return Kexec.Load(image, initrd: null, commandLine, machine);
        }
        string initrd = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(initrd, map);
            return Kexec.Load(image, initrd, commandLine, machine);
        }
        finally
        {
            File.Delete(initrd);
        }
    }

    // What kexec appends: elfcorehdr= and acpi_rsdp=.
    private const int Reserve = 96;

    // Errors end the command by themselves, or leave a capture kernel that will say so; nothing here is to be hidden.
    private static void Tell(TextWriter error, IEnumerable<Finding> findings)
    {
        foreach (Finding finding in findings.Where(finding => finding.Severity != Severity.Hint))
        {
            error.WriteLine($"ckdump: {finding.Severity.ToString().ToLowerInvariant()}: {finding}");
        }
    }
}
