using System;
using System.Collections.Generic;
using System.Linq;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Config;
using CosmosKdump.Ckdump.Load;
using CosmosKdump.Ckdump.Machine;
using CosmosKdump.Ckdump.Saved;

namespace CosmosKdump.Ckdump.Readiness;

/// <summary>Collects what <c>ckdump status</c> tells.</summary>
public sealed class StatusSurvey(string root, TargetResolver resolver)
{
    private const int MostDumps = 5;
    private const string Reload = "systemctl reload ckdump";

    private readonly MachineFacts _machine = new(root);

    /// <summary>Collects it. <paramref name="image"/>: the image of the command line, or null.</summary>
    public StatusDocument Collect(DumpConfig config, string? image)
    {
        IReadOnlyList<ResolvedTarget> targets = resolver.Resolve(config);
        bool? isLoaded = _machine.IsLoaded;
        LoadState? load = isLoaded == true ? LoadState.Read(root) : null;
        List<Finding> findings = [];
        CaptureImage? found = FindImage(image ?? config.Image, findings);
        findings.AddRange(MachineChecks.Of(_machine, config, found, targets));
        AddLoad(findings, config, targets, isLoaded, load);
        Finding[] sorted = [.. findings.OrderByDescending(finding => finding.Severity)];
        return new StatusDocument
        {
            IsReady = sorted.All(finding => finding.Severity != Severity.Error),
            IsLoaded = isLoaded,
            Load = load,
            ReservationBytes = _machine.ReservationBytes,
            KernelRelease = _machine.Release,
            MemoryBytes = _machine.MemoryBytes,
            Cpus = _machine.OnlineCpus,
            MemoryEncryption = _machine.MemoryEncryption,
            Watchdogs = _machine.Watchdogs,
            Configuration = config.File,
            Targets = [.. targets.Select(Describe)],
            Directory = config.Directory,
            Dumps = [.. Dumps(config)],
            Findings = sorted,
        };
    }

    private static IEnumerable<StatusDump> Dumps(DumpConfig config) => SavedDump.List(config.Directory)
        .Reverse().Take(MostDumps).Select(each => new StatusDump(each.Directory, each.Dump));

    // An image that is loaded already is needed no more: that it is gone now is no error.
    private CaptureImage? FindImage(string? named, List<Finding> findings)
    {
        try
        {
            return CaptureImage.Find(named);
        }
        catch (ToolException failure)
        {
            findings.Add(new Finding(_machine.IsLoaded == true ? Severity.Warning : Severity.Error, failure.Message));
            return null;
        }
    }

    private void AddLoad(
        List<Finding> findings, DumpConfig config, IReadOnlyList<ResolvedTarget> targets, bool? isLoaded, LoadState? load)
    {
        if (isLoaded != true)
        {
            string locked = _machine.Lockdown is null or "none" ? "" : $" (the kernel is locked down: {_machine.Lockdown})";
            findings.Add(new Finding(Severity.Error, $"no capture kernel is loaded{locked}", "systemctl start ckdump, or ckdump load"));
        }
        else if (load is null)
        {
            findings.Add(new Finding(Severity.Warning, "something else has loaded the capture kernel: is kdump-tools installed?",
                "ckdump load replaces it"));
        }
        else
        {
            AddStale(findings, config, targets, load);
        }
    }

    private void AddStale(
        List<Finding> findings, DumpConfig config, IReadOnlyList<ResolvedTarget> targets, LoadState load)
    {
        if (load.Cpus != _machine.OnlineCpus || (IsPrivilegedRoot && load.MemoryBytes != _machine.MemoryBytes))
        {
            findings.Add(new Finding(Severity.Warning, "CPUs or memory have changed since the capture kernel was loaded", Reload));
        }
        ResolvedTarget[] missing =
            [.. targets.Where(target => target.Item is string item && !CaptureCommandLine.HasTarget(load.CommandLine, item))];
        findings.AddRange(missing.Select(target => new Finding(Severity.Error,
            $"the loaded capture kernel does not know the target {target.Source}, which was not there when it was loaded, or "
            + "is another one now", Reload)));
        bool isKnown = missing.Length == 0 && targets.All(target => target.Item is not null);
        if (isKnown && load.CommandLine != CaptureCommandLine.Of(config, targets, _machine.AcpiRsdp, _machine.CommandLine))
        {
            findings.Add(new Finding(Severity.Warning, "the configuration has changed since the capture kernel was loaded", Reload));
        }
        AddMap(findings, targets, load);
    }

    // Whatever becomes of other targets. A file that is hidden from this user has no map to compare.
    private static void AddMap(List<Finding> findings, IReadOnlyList<ResolvedTarget> targets, LoadState load)
    {
        ResolvedTarget? file = targets.FirstOrDefault(target => target.Map is not null)
            ?? targets.FirstOrDefault(target => !target.IsHidden
                && (target.Source.Kind == ConfigTargetKind.File || target.Label is { IsFile: true }));
        if (load.MapDigest is string loaded && file is not null && LoadState.DigestOf([file]) != loaded)
        {
            string what = file.Map is null ? "cannot be told now to lie" : "does not lie";
            findings.Add(new Finding(Severity.Error,
                $"{file.Path} {what} where it lay when the capture kernel was loaded, which will leave it alone", Reload));
        }
    }

    // Without privileges the ranges of memory are hidden, and MemTotal is another number.
    private static bool IsPrivilegedRoot => Environment.IsPrivilegedProcess;

    private static StatusTarget Describe(ResolvedTarget target) => new()
    {
        Name = target.Source.ToString(),
        Item = target.Item,
        Path = target.Path,
        State = target.Label is { } label ? AreaText.State(label.State) : null,
        CapacityBytes = target.Label?.CapacityBytes,
        Problem = target.Problem,
    };
}
