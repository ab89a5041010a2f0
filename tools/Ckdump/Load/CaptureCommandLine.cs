using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Input;
using CosmosKdump.Ckdump.Config;

namespace CosmosKdump.Ckdump.Load;

/// <summary>The capture kernel's command line. kexec, or Linux, appends <c>elfcorehdr=</c> to it.</summary>
public static class CaptureCommandLine
{
    private const string TargetWord = "kdump.target=";

    /// <summary>
    /// Composes it. Options of the configuration's <c>command_line</c> come last, so that they win.
    /// <paramref name="acpiRsdp"/>: where EFI has put ACPI's root pointer, which cannot be searched for there.
    /// <paramref name="linux"/>: this Linux's command line, whose devices over MMIO the capture kernel must be told too.
    /// </summary>
    public static string Of(DumpConfig config, IEnumerable<ResolvedTarget> targets, ulong? acpiRsdp, string linux = "")
    {
        string[] items = [.. targets.Select(target => target.Item).OfType<string>().Distinct()];
        List<string> words =
        [
            TargetWord + (items.Length == 0 ? "disk" : string.Join(',', items)),
            "kdump.format=" + Word(config.Collector.Format),
            $"kdump.dump_level={config.Collector.Level}",
        ];
        if (config.Collector.Format == DumpFormat.Kdump)
        {
            words.Add("kdump.compress=" + Word(config.Collector.Compressor));
        }
        if (config.Collector.ExcludesIdlePageStructs)
        {
            words.Add("kdump.exclude_vmemmap=1");
        }
        words.Add("kdump.final_action=" + Word(config.FinalAction));
        words.Add("kdump.failure_action=" + Word(config.FailureAction));
        if (config.Cpus != 0)
        {
            words.Add($"kdump.cpus={config.Cpus}");
        }
        if (config.Ip.Length != 0)
        {
            words.Add("kdump.ip=" + config.Ip);
        }
        words.AddRange(linux.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word.StartsWith("virtio_mmio.device=", StringComparison.Ordinal)));
        if (config.CommandLine.Length != 0)
        {
            words.Add(config.CommandLine);
        }
        if (acpiRsdp is ulong address)
        {
            words.Add($"acpi_rsdp=0x{address:x}");
        }
        return string.Join(' ', words);
    }

    /// <summary>Whether a command line has a target; an item may have commas itself (<c>serial:ttyS0,57600</c>).</summary>
    public static bool HasTarget(string commandLine, string item) => commandLine.Split(' ')
        .Where(word => word.StartsWith(TargetWord, StringComparison.Ordinal))
        .Any(word => $",{word[TargetWord.Length..]},".Contains($",{item},", StringComparison.Ordinal));

    /// <summary>What the capture kernel's own parser complains of.</summary>
    public static IReadOnlyList<string> Complaints(string commandLine)
    {
        List<string> lines = [];
        ListConsole console = new(lines);
        BootOptionsParser.Parse(Encoding.Latin1.GetBytes(commandLine), ref console, out _);
        return lines;
    }

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
