using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using CosmosKdump.Analyzer.Files;
using CosmosKdump.Capture.Area;
using CosmosKdump.Ckdump.Areas;
using CosmosKdump.Ckdump.Config;
using CosmosKdump.Ckdump.Machine;

namespace CosmosKdump.Ckdump.Load;

/// <summary>
/// What a configuration names and a machine that boots may not have yet: disks and mounts come when they come, and nothing
/// but the configuration knows that they are waited for. <paramref name="scan"/> finds the dump areas on the disks,
/// <paramref name="isKnown"/> whether a host's name has an address.
/// </summary>
public sealed class BootWait(
    MountPoints mounts, Func<IReadOnlyList<(string Path, AreaLabel Label)>> scan, Func<string, bool> isKnown)
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    /// <summary>Targets of the configuration that are not there, as it writes them; one that names nothing is never missing.</summary>
    public IReadOnlyList<ConfigTarget> Missing(DumpConfig config) => [.. config.Targets.Where(IsMissing)];

    /// <summary>Looks again, once a second, until nothing is missing, or for a time; returns what is missing still.</summary>
    public static IReadOnlyList<T> Until<T>(TimeSpan limit, Func<IReadOnlyList<T>> missing)
    {
        long began = Stopwatch.GetTimestamp();
        return Until(missing, () =>
        {
            bool isOver = Stopwatch.GetElapsedTime(began) >= limit;
            if (!isOver)
            {
                Thread.Sleep(Step);
            }
            return !isOver;
        });
    }

    /// <summary>Looks again, until nothing is missing, or <paramref name="wait"/> says that it has waited enough.</summary>
    public static IReadOnlyList<T> Until<T>(Func<IReadOnlyList<T>> missing, Func<bool> wait)
    {
        IReadOnlyList<T> left = missing();
        while (left.Count != 0 && wait())
        {
            left = missing();
        }
        return left;
    }

    private bool IsMissing(ConfigTarget target)
    {
        switch (target.Kind)
        {
            case ConfigTargetKind.Raw:
                return !IsThere(target.Text);
            case ConfigTargetKind.File:
                return mounts.MissingFor(target.Text) is not null || !IsThere(target.Text);
            case ConfigTargetKind.Disk when target.Text.Length != 0:
                return scan().All(area => !string.Equals(AreaUuidText.Of(area.Label.Uuid), target.Text, StringComparison.OrdinalIgnoreCase));
            case ConfigTargetKind.Tcp or ConfigTargetKind.Http:
                return !isKnown(TargetResolver.HostOf(target.Text));
            default:
                return false;
        }
    }

    // What cannot be told is left to whoever opens it.
    private static bool IsThere(string path)
    {
        try
        {
            return Posix.KindOf(path, out _) != FileKind.Missing;
        }
        catch (SystemCallException)
        {
            return true;
        }
    }
}
