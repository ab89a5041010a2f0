using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Config;
using CosmosKdump.Ckdump.Load;
using CosmosKdump.Ckdump.Machine;
using CosmosKdump.CommandLine;

namespace CosmosKdump.Ckdump.Commands;

/// <summary>The option <c>--wait</c> of the commands that run at boot, when disks and mounts may still be on their way.</summary>
internal static class WaitOption
{
    private const int MostSeconds = 3600;

    /// <summary>Makes it.</summary>
    public static Option<int> Create() => NumberOption.Of(
        "--wait", "Seconds to wait for what the configuration names and is not there yet", 0, 0, MostSeconds);

    /// <summary>The time that it gives; zero without it.</summary>
    public static TimeSpan Read(ParseResult parsed, Option<int> option) => TimeSpan.FromSeconds(parsed.GetValue(option));

    /// <summary>Waits for the dump areas of this machine; returns those that are still missing, which are told.</summary>
    public static IReadOnlyList<ConfigTarget> ForAreas(DumpConfig config, TimeSpan limit, TextWriter error) =>
        For(Wait(_ => true), config, limit, error);

    /// <summary>Targets that are not there, be they areas, or hosts whose names have no address yet.</summary>
    public static IReadOnlyList<ConfigTarget> Missing(DumpConfig config) => Wait(IsKnown).Missing(config);

    /// <summary>Waits for all targets; returns those that are still missing, which are told.</summary>
    public static IReadOnlyList<ConfigTarget> ForTargets(DumpConfig config, TimeSpan limit, TextWriter error) =>
        For(Wait(IsKnown), config, limit, error);

    private static bool IsKnown(string host) => ThisMachine.Resolve(host) is not null;

    private static BootWait Wait(Func<string, bool> isKnown) =>
        new(new MountPoints(ThisMachine.Root), AreaScan.Find, isKnown);

    private static IReadOnlyList<ConfigTarget> For(BootWait wait, DumpConfig config, TimeSpan limit, TextWriter error)
    {
        IReadOnlyList<ConfigTarget> missing = BootWait.Until(limit, () => wait.Missing(config));
        foreach (ConfigTarget target in missing)
        {
            error.WriteLine($"ckdump: {config.File}:{target.Line}: {target}: not there after {limit.TotalSeconds:F0} s");
        }
        return missing;
    }
}
