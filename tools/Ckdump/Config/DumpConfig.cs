using System;
using System.Collections.Generic;
using CosmosKdump.Capture;

namespace CosmosKdump.Ckdump.Config;

/// <summary>What <c>/etc/ckdump.conf</c> asks for (ckdump.conf(5)).</summary>
public sealed record DumpConfig
{
    /// <summary>Where the configuration lies.</summary>
    public const string DefaultFile = "/etc/ckdump.conf";

    /// <summary>Where dumps are kept.</summary>
    public const string DefaultDirectory = "/var/crash";

    /// <summary>Seconds that a hook may take.</summary>
    public const int DefaultHookSeconds = 60;

    /// <summary>The file that was read.</summary>
    public string File { get; init; } = DefaultFile;

    /// <summary>Targets, in the order in which they are tried; at least one.</summary>
    public IReadOnlyList<ConfigTarget> Targets { get; init; } = [ConfigTarget.AnyDisk];

    /// <summary>Directory of the saved dumps (<c>path</c>).</summary>
    public string Directory { get; init; } = DefaultDirectory;

    /// <summary>What is dumped, and how (<c>core_collector</c>).</summary>
    public CoreCollector Collector { get; init; } = CoreCollector.Default;

    /// <summary>What happens after a dump.</summary>
    public EndAction FinalAction { get; init; } = EndAction.Reboot;

    /// <summary>What happens when no target worked.</summary>
    public EndAction FailureAction { get; init; } = EndAction.Reboot;

    /// <summary>Most saved dumps that are kept; 0: all.</summary>
    public int Keep { get; init; }

    /// <summary>Space that stays free where dumps are kept.</summary>
    public FreeSpace MinimumFree { get; init; }

    /// <summary>Program that is run after a dump was saved, or null.</summary>
    public string? Hook { get; init; }

    /// <summary>Time that the hook may take.</summary>
    public TimeSpan HookLimit { get; init; } = TimeSpan.FromSeconds(DefaultHookSeconds);

    /// <summary>Most CPUs that compress; 0: as many as the capture kernel can use.</summary>
    public int Cpus { get; init; }

    /// <summary>Address of the capture kernel (<c>ip</c>), or empty.</summary>
    public string Ip { get; init; } = "";

    /// <summary>Image of the capture kernel, or null for the installed one.</summary>
    public string? Image { get; init; }

    /// <summary>More options of the capture kernel.</summary>
    public string CommandLine { get; init; } = "";

    /// <summary>What was not understood. None of it keeps the rest from having effect.</summary>
    public IReadOnlyList<ConfigProblem> Problems { get; init; } = [];
}
