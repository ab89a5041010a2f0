using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Cli;
using CosmosKdump.Ckdump.Config;

namespace CosmosKdump.Ckdump.Load;

/// <summary>
/// Turns targets of the configuration into items of <c>kdump.target=</c>: paths into UUIDs, names of hosts into
/// addresses. <paramref name="reach"/> says why the capture kernel would not find the device of a path, or null;
/// <paramref name="mapOf"/> makes the extent map of a file, or says in an exception why it cannot.
/// </summary>
public sealed class TargetResolver(
    AreaLookup areas, Func<string, string?> reach, Func<string, IPAddress?> resolve, Func<string, byte[]> mapOf)
{
    // errno(3): EACCES.
    private const int NotAllowed = 13;

    /// <summary>Resolves all targets of a configuration, in its order.</summary>
    public IReadOnlyList<ResolvedTarget> Resolve(DumpConfig config)
    {
        ResolvedTarget[] targets = [.. config.Targets.Select(Resolve)];
        int first = Array.FindIndex(targets, target => target.Map is not null);
        // One initrd holds one map.
        return [.. targets.Select((target, i) => target.Map is null || i == first
            ? target
            : target with { Item = null, Map = null, Problem = "only one file can be a target, and another one comes first" })];
    }

    /// <summary>The host of <c>HOST:PORT</c>, or of <c>HOST[:PORT]/PATH</c>.</summary>
    public static string HostOf(string text)
    {
        int end = text.AsSpan().IndexOfAny(':', '/');
        return end < 0 ? text : text[..end];
    }

    private ResolvedTarget Resolve(ConfigTarget target) => target.Kind switch
    {
        ConfigTargetKind.Raw => ResolveRaw(target),
        ConfigTargetKind.Disk => ResolveDisk(target),
        ConfigTargetKind.Serial => new ResolvedTarget { Source = target, Item = "serial:" + target.Text },
        ConfigTargetKind.Tcp => ResolveHost(target, "tcp:", target.Text),
        ConfigTargetKind.Http => ResolveHost(target, "http://", target.Text),
        _ => ResolveFile(target),
    };

    private ResolvedTarget ResolveRaw(ConfigTarget target)
    {
        AreaLabel? label = AreaLookup.Read(target.Text, out string why);
        if (label is { IsFile: true })
        {
            return ResolveFile(target);
        }
        ResolvedTarget found = new() { Source = target, Path = target.Text, Label = label };
        return label is AreaLabel good
            ? found with { Item = Item(good), Problem = ReachProblem(target.Text) ?? LabelProblem(good) }
            : Unknown(found, why);
    }

    private ResolvedTarget ResolveFile(ConfigTarget target)
    {
        AreaLabel? label = AreaLookup.Read(target.Text, out string why);
        ResolvedTarget found = new() { Source = target, Path = target.Text, Label = label };
        if (label is not AreaLabel good)
        {
            return Unknown(found, why);
        }
        try
        {
            return found with { Item = Item(good), Map = mapOf(target.Text), Problem = LabelProblem(good) };
        }
        catch (Exception failure) when (failure is ToolException or IOException or UnauthorizedAccessException)
        {
            return Unknown(found, failure.Message);
        }
    }

    private ResolvedTarget ResolveDisk(ConfigTarget target)
    {
        ResolvedTarget any = new() { Source = target, Item = target.Text.Length == 0 ? "disk" : $"disk:{target.Text}" };
        if (!Environment.IsPrivilegedProcess && areas.All.Count == 0)
        {
            return any;
        }
        _ = AreaUuid.Parse(Encoding.UTF8.GetBytes(target.Text), out AreaUuid uuid);
        (string Path, AreaLabel Label)[] found =
            [.. areas.All.Where(area => uuid.IsNil || AreaUuid.Same(uuid, area.Label.Uuid))];
        if (found.Length == 0)
        {
            return any with { Problem = "no such dump area on this machine's disks: make one with ckdump prepare" };
        }
        (string path, AreaLabel label) = found.FirstOrDefault(area => !area.Label.HoldsUnsavedDump, found[0]);
        return any with { Path = path, Label = label, Problem = ReachProblem(path) ?? LabelProblem(label) };
    }

    // The capture kernel asks no name server.
    private ResolvedTarget ResolveHost(ConfigTarget target, string prefix, string text)
    {
        string host = HostOf(text);
        IPAddress? address = resolve(host);
        return address is null
            ? new ResolvedTarget { Source = target, Problem = $"'{host}' has no IPv4 address that this machine knows" }
            : new ResolvedTarget { Source = target, Item = $"{prefix}{address}{text[host.Length..]}" };
    }

    // What is wrong with an area, or that nothing may be said of it by this user.
    private static ResolvedTarget Unknown(ResolvedTarget found, string why)
    {
        bool isRefused = why.EndsWith(Marshal.GetPInvokeErrorMessage(NotAllowed), StringComparison.OrdinalIgnoreCase);
        return isRefused && !Environment.IsPrivilegedProcess ? found with { IsHidden = true } : found with { Problem = why };
    }

    private string? ReachProblem(string path) => reach(path) is string why ? $"{path} {why}" : null;

    private static string? LabelProblem(in AreaLabel label) => label.HoldsUnsavedDump
        ? string.Create(CultureInfo.InvariantCulture,
            $"holds a dump of {AreaText.Time(label.CrashTimeSeconds)} that was not saved, and takes no other: run ckdump save")
        : null;

    private static string Item(in AreaLabel label) => "disk:" + AreaUuidText.Of(label.Uuid);
}
