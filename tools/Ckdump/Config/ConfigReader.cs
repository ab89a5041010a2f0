using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using CosmosKdump.Capture;
using CosmosKdump.Capture.Area;
using CosmosKdump.Capture.Input;

namespace CosmosKdump.Ckdump.Config;

/// <summary>
/// Reads <c>ckdump.conf</c>: a word and its value in each line, with kdump.conf(5)'s words where it has them. A line that
/// is not understood is told with its number and has no effect: a typing mistake must not cost the next dump.
/// </summary>
public sealed class ConfigReader
{
    private const int MostHookSeconds = 86_400;

    private static readonly string[] FileSystems = ["ext2", "ext3", "ext4", "xfs", "btrfs", "minix", "f2fs"];

    // What kdump.conf(5) has for the second Linux of stock kdump, which is not there.
    private static readonly string[] StockOnly =
    [
        "dracut_args", "extra_bins", "extra_modules", "fence_kdump_args", "fence_kdump_nodes", "force_no_rebuild",
        "force_rebuild", "kdump_post", "kdump_pre", "override_resettable", "sshkey", "auto_reset_crashkernel",
    ];

    private readonly string _file;
    private readonly List<ConfigTarget> _targets = [];
    private readonly List<ConfigProblem> _problems = [];
    private DumpConfig _config;
    private int _line;

    private ConfigReader(string file)
    {
        _file = file;
        _config = new DumpConfig { File = file };
    }

    /// <summary>
    /// Reads a file. One that is not there is a problem only if <paramref name="isAskedFor"/>; otherwise it stands for
    /// the defaults.
    /// </summary>
    public static DumpConfig ReadFile(string file, bool isAskedFor)
    {
        try
        {
            return Read(file, File.ReadAllText(file));
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException && !isAskedFor)
        {
            return new DumpConfig { File = file };
        }
    }

    /// <summary>Reads the text of a configuration that is called <paramref name="file"/>.</summary>
    public static DumpConfig Read(string file, string text)
    {
        ConfigReader reader = new(file);
        foreach (string line in text.Split('\n'))
        {
            reader._line++;
            reader.Take(WithoutComment(line).Trim());
        }
        return reader._config with
        {
            Targets = reader._targets.Count == 0 ? [ConfigTarget.AnyDisk] : reader._targets,
            Problems = reader._problems,
        };
    }

    private void Take(string line)
    {
        if (line.Length == 0)
        {
            return;
        }
        int end = line.AsSpan().IndexOfAny(' ', '\t');
        string word = end < 0 ? line : line[..end];
        string value = end < 0 ? "" : line[end..].Trim();
        if (value.Length == 0 && word != "disk")
        {
            Tell(Array.IndexOf(StockOnly, word) < 0 ? $"'{word}' wants a value" : StockWord(word));
            return;
        }
        if (!TakeTarget(word, value) && !TakeOption(word, value))
        {
            Tell(Array.IndexOf(StockOnly, word) >= 0 ? StockWord(word) : $"unknown option '{word}'");
        }
    }

    /// <summary>
    /// A line up to its comment: from a # at its start or behind white space, unless it is in quotes. A # in a word is a
    /// part of it, as of a URL.
    /// </summary>
    private static string WithoutComment(string line)
    {
        int at = 0;
        while (at < line.Length)
        {
            char c = line[at];
            bool isFirst = at == 0 || char.IsWhiteSpace(line[at - 1]);
            if (c == '#' && isFirst)
            {
                return line[..at];
            }
            // A quote in a word, or one that nothing closes, is an apostrophe.
            int close = isFirst && (c is '"' or '\'') ? line.IndexOf(c, at + 1) : -1;
            at = Math.Max(at, close) + 1;
        }
        return line;
    }

    private bool TakeTarget(string word, string value)
    {
        switch (word)
        {
            case "raw":
            case "file":
                AddPath(word == "raw" ? ConfigTargetKind.Raw : ConfigTargetKind.File, value);
                return true;
            case "disk":
                AddDisk(value);
                return true;
            case "tcp":
            case "net":
                AddTcp(value);
                return true;
            case "http":
                string url = value.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? value[7..] : value;
                Add(ConfigTargetKind.Http, url, IsOneWord(url) && url.IndexOf('/') > 0, "http://HOST[:PORT]/PATH");
                return true;
            case "serial":
                string line = value.StartsWith("/dev/", StringComparison.Ordinal) ? value[5..] : value;
                Add(ConfigTargetKind.Serial, line, IsWord(line) && line.StartsWith("ttyS", StringComparison.Ordinal),
                    "ttyS0 or ttyS1,57600");
                return true;
            case "nfs" or "ssh":
                Tell($"the capture kernel has no {word}: use tcp HOST:PORT and 'ckdump receive --listen' there, or http");
                return true;
            default:
                if (Array.IndexOf(FileSystems, word) < 0)
                {
                    return false;
                }
                Tell($"the capture kernel has no file systems: use raw PARTITION, or file PATH on {word}");
                return true;
        }
    }

    private bool TakeOption(string word, string value)
    {
        switch (word)
        {
            case "path":
                Set(Path.IsPathRooted(value), "an absolute path", config => config with { Directory = value });
                return true;
            case "core_collector":
                TakeCollector(value);
                return true;
            case "final_action":
                TakeAction(value, config => config.FinalAction, (config, action) => config with { FinalAction = action });
                return true;
            case "failure_action" or "default":
                TakeAction(value, config => config.FailureAction, (config, action) => config with { FailureAction = action });
                return true;
            case "keep":
                TakeNumber(value, int.MaxValue, (config, number) => config with { Keep = number });
                return true;
            case "min_free":
                bool isSpace = FreeSpace.TryParse(value, out FreeSpace space);
                Set(isSpace, "a size such as 2G, or a part such as 10%", config => config with { MinimumFree = space });
                return true;
            case "hook":
                Set(Path.IsPathRooted(value), "an absolute path", config => config with { Hook = value });
                return true;
            case "hook_timeout":
                TakeNumber(value, MostHookSeconds,
                    (config, number) => config with { HookLimit = TimeSpan.FromSeconds(Math.Max(1, number)) });
                return true;
            case "cpus":
                TakeNumber(value, int.MaxValue, (config, number) => config with { Cpus = number });
                return true;
            case "ip":
                Set(IsWord(value), "dhcp, or ADDRESS/PREFIX[,GATEWAY]", config => config with { Ip = value });
                return true;
            case "image":
                Set(Path.IsPathRooted(value), "an absolute path", config => config with { Image = value });
                return true;
            case "command_line":
                _config = _config with { CommandLine = $"{_config.CommandLine} {value}".Trim() };
                return true;
            default:
                return false;
        }
    }

    private void AddPath(ConfigTargetKind kind, string value) =>
        Add(kind, value, Path.IsPathRooted(value), "an absolute path");

    private void AddDisk(string value)
    {
        bool isUuid = AreaUuid.Parse(Encoding.UTF8.GetBytes(value), out AreaUuid uuid) == Status.Ok && !uuid.IsNil;
        Add(ConfigTargetKind.Disk, value, value.Length == 0 || isUuid, "a UUID, as ckdump prepare prints it");
    }

    private void AddTcp(string value)
    {
        int colon = value.LastIndexOf(':');
        bool isPort = ushort.TryParse(value.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port);
        Add(ConfigTargetKind.Tcp, value, colon > 0 && isPort && port != 0 && IsOneWord(value), "HOST:PORT");
    }

    private void Add(ConfigTargetKind kind, string text, bool isGood, string wanted)
    {
        if (isGood)
        {
            _targets.Add(new ConfigTarget(kind, text, _line));
        }
        else
        {
            Tell($"'{text}' is not {wanted}: the target is left out");
        }
    }

    private void TakeCollector(string value)
    {
        List<string> told = [];
        CoreCollector collector = CoreCollector.Parse(value.Split(' ', '\t').Where(each => each.Length != 0).ToArray(), told);
        _config = _config with { Collector = collector };
        told.ForEach(each => Tell($"core_collector: {each}"));
    }

    private void TakeAction(
        string value, Func<DumpConfig, EndAction> now, Func<DumpConfig, EndAction, DumpConfig> with)
    {
        EndAction action = now(_config);
        if (OptionWords.ReadAction(Encoding.UTF8.GetBytes(value), ref action) == Status.Ok)
        {
            _config = with(_config, action);
        }
        else
        {
            Tell($"'{value}' is not reboot, poweroff, halt or shell: {action.ToString().ToLowerInvariant()} is taken");
        }
    }

    private void TakeNumber(string value, int most, Func<DumpConfig, int, DumpConfig> with)
    {
        bool isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= most;
        Set(isNumber, $"a number{(most == int.MaxValue ? "" : $" up to {most}")}", config => with(config, number));
    }

    private void Set(bool isGood, string wanted, Func<DumpConfig, DumpConfig> with)
    {
        if (isGood)
        {
            _config = with(_config);
        }
        else
        {
            Tell($"not {wanted}: the line has no effect");
        }
    }

    private void Tell(string what) => _problems.Add(new ConfigProblem(_file, _line, what));

    private static bool IsWord(string text) => text.Length != 0 && text.AsSpan().IndexOfAny(" \t\"") < 0;

    // A comma would begin another target.
    private static bool IsOneWord(string text) => IsWord(text) && !text.Contains(',');

    private static string StockWord(string word) => $"'{word}' has no meaning here: there is no second Linux";
}
