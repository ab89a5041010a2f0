using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Analyzer.Kernel;
using CosmosKdump.Analyzer.Log;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Inspect;
using CosmosKdump.CommandLine;

namespace CosmosKdump.Ckdump.Commands;

/// <summary><c>ckdump log</c>: the kernel log out of a vmcore.</summary>
public static class LogCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var path = new Argument<string>("VMCORE") { Description = VmcoreArgument.Description };
        var ctime = new Option<bool>("--ctime", "-T")
        {
            Description = "Local time instead of seconds since boot (exact to a second at the crash, drifting before it)",
        };
        var level = new Option<string>("--level", "-l")
        {
            Description = $"Only these levels: {string.Join(',', LogLevels.Names)}; err+ is err and worse, +err err and milder",
            HelpName = "LIST",
        };
        var caller = new Option<bool>("--caller") { Description = "Show the thread or CPU that wrote each record" };
        var json = new Option<bool>("--json") { Description = "Write the records as JSON" };
        var command = new Command("log", "Prints the kernel log of a vmcore, as makedumpfile --dump-dmesg does.")
        {
            path, ctime, level, caller, json,
        };
        HelpWithExamples.Set(command,
            "ckdump log /var/crash/2026-11-20-20-56-47/vmcore",
            "ckdump log --level err+ /dev/nvme0n1p3         # straight from the dump area",
            "ckdump log --json vmcore | jq -r .records[-1].text");
        command.SetAction(parsed =>
        {
            IReadOnlySet<int>? levels = ParseLevels(parsed.GetValue(level));
            string file = parsed.GetRequiredValue(path);
            using CrashedKernel kernel = VmcoreArgument.Open(file);
            if (!kernel.TryOpenLog(out KernelLog? log, out FileProblem? problem))
            {
                throw VmcoreArgument.Failure(file, problem);
            }
            LogDamage damage = new();
            IEnumerable<LogRecord> records = log.Read(damage).Where(record => levels?.Contains(record.Level) ?? true);
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                LogJson.Write(output, file, records, damage);
            }
            else
            {
                DateTimeOffset? boot = parsed.GetValue(ctime) ? BootTime(file, kernel, log) : null;
                WriteText(output, records, boot, parsed.GetValue(caller));
            }
            return Close(file, damage, parsed.InvocationConfiguration.Error);
        });
        return command;
    }

    private static void WriteText(
        TextWriter output, IEnumerable<LogRecord> records, DateTimeOffset? boot, bool hasCaller)
    {
        StringBuilder line = new();
        foreach (LogRecord record in records)
        {
            string prefix = boot is DateTimeOffset start
                ? TimeText(start, record.Nanoseconds)
                : LogText.TimePrefix(record.Nanoseconds);
            prefix += hasCaller && record.Caller is uint caller ? LogText.CallerPrefix(caller) : "";
            line.Clear();
            LogText.Append(line, prefix, record.Text);
            output.Write(line);
        }
    }

    // The newest record is as old as the crash.
    private static DateTimeOffset BootTime(string file, CrashedKernel kernel, KernelLog log)
    {
        if (kernel.CrashTimeSeconds is not ulong seconds || seconds >= 253_402_300_800)
        {
            throw new ToolException(file, "neither VMCOREINFO nor a label has the crash time", "leave out --ctime");
        }
        ulong newest = log.Read(new LogDamage()).Select(record => record.Nanoseconds).DefaultIfEmpty(0UL).Max();
        DateTimeOffset crash = DateTimeOffset.FromUnixTimeSeconds((long)seconds);
        ulong uptime = Math.Min(newest / 1_000_000_000, seconds);
        return crash - TimeSpan.FromSeconds(uptime);
    }

    // ctime(3), with the day padded by a space.
    private static string TimeText(DateTimeOffset boot, ulong nanoseconds)
    {
        ulong most = (ulong)(DateTimeOffset.MaxValue - boot).TotalSeconds - 86_400;
        DateTimeOffset time = boot.AddSeconds(Math.Min(nanoseconds / 1_000_000_000, most)).ToLocalTime();
        return string.Create(CultureInfo.InvariantCulture, $"[{time:ddd MMM} {time.Day,2} {time:HH:mm:ss yyyy}] ");
    }

    private static IReadOnlySet<int>? ParseLevels(string? list) => list is null
        ? null
        : LogLevels.Parse(list)
            ?? throw ToolException.Usage($"--level: not a list of {string.Join(',', LogLevels.Names)}: {list}");

    // What could be read is printed; that something could not is said, and is a failure for a script.
    private static int Close(string file, LogDamage damage, TextWriter error)
    {
        if (damage.Count == 0)
        {
            return ExitCode.Ok;
        }
        error.WriteLine($"ckdump: {file}: the kernel log is damaged in {damage.Count} places, the first: {damage.First}");
        return ExitCode.Failed;
    }
}
